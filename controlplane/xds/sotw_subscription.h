// One type on one state-of-the-world stream, seen from the server.
//
// Pure: requests in, updates out (rules R8-R36). Owner: the stream; thread: the strand. A client
// that does not answer gets nothing more of this type (R68), then the newest state. Dies with the
// stream.
#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>

#include "controlplane/xds/update.h"
#include "envoy/service/discovery/v3/discovery.pb.h"

namespace sluice::xds {

class SotwSubscription final {
 public:
  // kFull: listeners and clusters: every response is the whole state, absence is deletion, and no
  // names in the first request mean all. kPartial: only what changed is sent.
  enum class State { kFull, kPartial };
  explicit SotwSubscription(State state) : full_(state == State::kFull) {}

  // An outdated request is dropped (R14) and counts as kNone.
  Answer OnRequest(const envoy::service::discovery::v3::DiscoveryRequest& request);

  // As DeltaSubscription::Next.
  std::optional<Update> Next(const snapshot::WireMap& desired);
  void Sent(const std::string& nonce) { nonce_ = newest_nonce_ = nonce; }
  // The resource is sent once more although it has not changed (R58). Not for full state.
  void SendAgain(const std::string& name) { sent_.erase(name); }

  bool asked() const { return asked_; }
  bool waiting() const { return !nonce_.empty(); }
  bool Covers(std::string_view name) const { return wildcard_ || named_.contains(name); }

 private:
  // Takes over the list of names; what is new in it must be answered (R17).
  void TakeNames(const envoy::service::discovery::v3::DiscoveryRequest& request);
  std::optional<Update> NextFull(const snapshot::WireMap& desired);
  std::optional<Update> NextPartial(const snapshot::WireMap& desired);

  const bool full_;
  bool asked_ = false;
  bool wildcard_ = false;
  bool ever_named_ = false;  // R32: then an empty list is nothing
  bool owed_ = false;        // first request, or names were added
  std::set<std::string, std::less<>> named_;
  std::map<std::string, std::string, std::less<>> sent_;  // name -> version
  std::string nonce_;         // of the response that is not answered yet
  std::string newest_nonce_;  // of the last response
};

}  // namespace sluice::xds
