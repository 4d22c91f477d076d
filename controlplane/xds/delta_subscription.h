// One type on one delta stream, seen from the server: what the client asked for, what it was sent.
//
// Pure: requests in, updates out (rules R33-R54 of the xDS protocol). Owner: the stream; thread:
// the strand. A revision change is another `desired` in Next. A client that does not answer gets
// nothing more of this type. Dies with the stream: a reconnecting client says what it holds.
#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>

#include "controlplane/xds/update.h"
#include "envoy/service/discovery/v3/discovery.pb.h"

namespace sluice::xds {

class DeltaSubscription final {
 public:
  // Whether a first request without names means all (R34: listeners and clusters only).
  enum class EmptyMeansAll { kNo, kYes };
  explicit DeltaSubscription(EmptyMeansAll empty) : empty_means_all_(empty == EmptyMeansAll::kYes) {}

  // Takes in every request of the type; one with an outdated nonce still changes names (R41).
  Answer OnRequest(const envoy::service::discovery::v3::DeltaDiscoveryRequest& request);

  // What brings the client to `desired`; nullopt: nothing to say, or an answer is due. The caller
  // sends it under a nonce of its own and calls Sent.
  std::optional<Update> Next(const snapshot::WireMap& desired);
  // The same without waiting for the answer to the last one (committing streams: the Commit that
  // follows is what is answered).
  std::optional<Update> NextNow(const snapshot::WireMap& desired);
  // Of the update that Next or NextNow returned.
  void Sent(const std::string& nonce) { nonce_ = nonce; }

  bool asked() const { return asked_; }      // a request came
  bool waiting() const { return !nonce_.empty(); }
  bool wildcard() const { return wildcard_; }
  bool Covers(std::string_view name) const { return wildcard_ || named_.contains(name); }
  // The resource is sent once more although it has not changed.
  void SendAgain(const std::string& name) { sent_.erase(name); }
  // What the client holds is not known any more: the next update is complete.
  void Forget();

 private:
  void Subscribe(const std::string& name);
  void Unsubscribe(const std::string& name);

  const bool empty_means_all_;
  bool asked_ = false;
  bool wildcard_ = false;
  bool owes_first_ = false;                        // R53
  std::set<std::string, std::less<>> named_;
  std::set<std::string> owed_;                     // R44, R45, R49: to be answered in any case
  std::map<std::string, std::string, std::less<>> sent_;  // name -> version
  std::string nonce_;                              // of the response that is not answered yet
};

}  // namespace sluice::xds
