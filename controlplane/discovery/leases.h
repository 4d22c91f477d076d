// The leases of registered instances as a state machine: who is there, who fell silent, who is kept
// nevertheless. No clock, no lock, no disk: each call is told the time.
//
//   live -- no heartbeat for a TTL --> lost -- a TTL later --> forgotten
//                                       |
//   a lost or held one that is heard    +-- over half (at least ten) lost within the longest TTL:
//   from is live again                      all lost ones are held: they count as there
//
// A hold ends when over half is live again (those that are still missing then get one more TTL), or
// by Release. Lost leases are remembered for one TTL because a broken network takes them one after
// the other: when the loss turns out to be large, those that went first come back too.
//
// Thread: the owner's (Registry).
#pragma once

#include <cstddef>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "controlplane/discovery/endpoint.h"
#include "dataplane/base/clock.h"

namespace sluice::discovery {

struct Lease {
  std::string id;
  std::string service;
  std::string instance;  // Unique in the service.
  Endpoint endpoint;
  base::Duration ttl{};
};

class Leases final {
 public:
  // What a call changed; the owner passes it on.
  struct Outcome {
    std::set<std::string> services;      // Whose Present() may differ.
    std::vector<std::string> forgotten;  // Ids that need not be stored any more.
  };

  // Adds a lease, or replaces the one of the same id; live until `deadline`.
  void Put(Lease lease, base::MonoTime deadline, Outcome& outcome);
  // The lease of an instance, or null. Valid until the next change.
  const Lease* Find(const std::string& service, const std::string& instance) const;
  // Renews; false if there is no such lease.
  bool Touch(const std::string& id, base::MonoTime now, Outcome& outcome);
  // The instance says goodbye: no loss. False if there is no such lease.
  bool Remove(const std::string& id, Outcome& outcome);
  // Does what is due. Afterwards next_due() is later than `now`.
  void Advance(base::MonoTime now, Outcome& outcome);
  // Believes the loss: what is held is lost from `now`.
  void Release(base::MonoTime now, Outcome& outcome);
  // Every lease of `service` has this TTL, from its next renewal on.
  void SetTtl(const std::string& service, base::Duration ttl);

  // Endpoints of the live and the held.
  std::vector<Endpoint> Present(const std::string& service) const;
  base::MonoTime next_due() const;
  bool holding() const { return holding_; }
  size_t size() const { return leases_.size(); }
  // What the present or the last hold began with.
  size_t held_lost() const { return held_lost_; }
  size_t held_of() const { return held_of_; }

 private:
  enum class State { kLive, kLost, kHeld };
  struct Entry {
    Lease lease;
    State state = State::kLive;
    base::MonoTime due{};  // Live: when it is lost. Lost: when it is forgotten. Held: unused.
  };
  using Entries = std::map<std::string, Entry>;  // By id.

  void SetState(Entry& entry, State state, base::MonoTime due, Outcome& outcome);
  void Erase(Entries::iterator entry, Outcome& outcome);
  void LoseDue(base::MonoTime now, Outcome& outcome);
  void ForgetDue(base::MonoTime now, Outcome& outcome);
  void JudgeLoss(base::MonoTime now, Outcome& outcome);
  // Brings all of `from` into `to`.
  void MoveAll(State from, State to, base::MonoTime now, Outcome& outcome);

  Entries leases_;
  std::map<std::pair<std::string, std::string>, std::string>
      by_instance_;  // (service, instance) -> id
  std::set<std::pair<base::MonoTime, std::string>> live_due_;
  std::set<std::pair<base::MonoTime, std::string>> lost_due_;
  size_t held_ = 0;  // Entries in kHeld.
  bool holding_ = false;
  size_t held_lost_ = 0;
  size_t held_of_ = 0;
};

}  // namespace sluice::discovery
