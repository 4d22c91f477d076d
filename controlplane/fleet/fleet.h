// What is known of every proxy: who it is, what it holds, refuses and serves; and how far a
// revision has come.
//
// Owner and thread: the strand. Records of proxies that left stay for kForget, so that they can be
// listed as absent. Watchers are called after every change, on the strand; they must not block.
// Which revision a proxy held last is known of it longer than its stream: it serves on without one.
// A revision change writes here what proxies answered; a delayed worker shows as a proxy that is
// prepared and does not serve; a silent one as listed. A restart begins empty: proxies come back and
// say what they serve.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "controlplane/fleet/node.h"
#include "dataplane/base/clock.h"
#include "sluice/v1/insight_service.pb.h"
#include "sluice/v1/revision_service.pb.h"

namespace sluice::fleet {

class Fleet final {
 public:
  static constexpr base::Duration kForget = std::chrono::hours(24);

  // `clock` outlives the fleet.
  explicit Fleet(const base::Clock& clock) : clock_(clock) {}

  // ---- what happened; `group`: its name; `gateways`: those that select it.
  void Connected(const Node& node, const std::string& group, const std::vector<std::string>& gateways);
  void Disconnected(const std::string& id);
  // Another revision is live: the group may be another one.
  void Regrouped(const std::string& id, const std::string& group, const std::vector<std::string>& gateways);
  void Prepared(const std::string& id, uint64_t revision);
  // By every worker; or accepted by a standard client.
  void Served(const std::string& id, uint64_t revision, uint32_t workers);
  void Refused(const std::string& id, std::vector<sluice::v1::ProxyRefusal> refusals);
  // The same, but what it refuses is being sent again: it is still waited for.
  void Retrying(const std::string& id, std::vector<sluice::v1::ProxyRefusal> refusals);
  // It cannot be given any revision, for these reasons, until it connects anew. Nobody waits for it.
  void TooOld(const std::string& id, std::vector<sluice::v1::ProxyRefusal> reasons);
  // It did not answer in time for `revision`.
  void Silent(const std::string& id, uint64_t revision);
  // All endpoint changes up to `seq` are in use there.
  void EndpointsSettled(const std::string& id, uint64_t seq);
  // `revision` is to be served by those who can: who refused it is not waited for any more. Before that
  // no wait for it ends well, not even if all serve its content already.
  void Decided(uint64_t revision);
  // Nobody serves `revision`. First with 0; again with the revision that takes its place, which is
  // when waiting for it ends.
  void Withdrawn(uint64_t revision, uint64_t replaced_by);

  // ---- what is known
  std::vector<sluice::v1::Proxy> List() const;  // by id
  std::map<std::string, uint32_t> ProxiesPerZone() const;  // connected ones
  // Revisions that some proxy served last: those of connected ones, newest first, then the others'.
  std::vector<uint64_t> Held() const;
  sluice::v1::WaitServedProgress ProgressOf(uint64_t revision) const;
  // For a position in the log of endpoints; without the too old, who may not ask for endpoints at all.
  sluice::v1::WaitServedProgress EndpointProgressOf(uint64_t seq) const;
  std::vector<sluice::v1::ProxyRefusal> Refusals() const;  // those that still stand
  // How often anything changed; for watchers.
  uint64_t changes() const { return changes_; }

  using WatchId = uint64_t;
  WatchId Watch(std::function<void()> changed);
  void Unwatch(WatchId id) { watchers_.erase(id); }

 private:
  struct Record {
    sluice::v1::Proxy proxy;
    base::MonoTime since{};
    uint64_t held = 0;  // served last, on this stream or one before
    // What its refusals mean for who waits.
    enum class Refusal { kFinal, kRetried, kTooOld } refusal = Refusal::kFinal;
    uint64_t silent_for = 0;
    uint64_t endpoints = 0;
  };
  Record* Find(const std::string& id);
  void Note(const std::string& id, std::vector<sluice::v1::ProxyRefusal> refusals, Record::Refusal kind);
  void Changed();
  void ForgetOld();
  bool Settled(const Record& record, uint64_t revision) const;

  const base::Clock& clock_;
  std::map<std::string, Record> proxies_;  // by node id
  uint64_t decided_ = 0;
  std::map<uint64_t, uint64_t> withdrawn_;  // revision -> what takes its place; 0: not known yet
  std::map<WatchId, std::function<void()>> watchers_;
  WatchId next_watch_ = 1;
  uint64_t changes_ = 0;
};

}  // namespace sluice::fleet
