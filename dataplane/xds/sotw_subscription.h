// Subscription by DiscoveryRequest: every request carries the complete list of names (xds.md
// R8-R31).
//
// A request that changes names may be dropped by the server as stale (R14), so the list is repeated
// in every answer (R15). Thread: config.
#pragma once

#include <string>
#include <vector>

#include "dataplane/xds/subscription.h"

namespace sluice::xds {

class SotwSubscription final : public Subscription {
 public:
  // `interest` outlives this object; it is never Wish::kStar.
  SotwSubscription(DiscoveryType type, const Interest& interest)
      : type_(type), interest_(interest) {}

  void StartStream() override;
  std::optional<std::string> TakeRequest(const Node* node) override;
  std::string Answer(const Response& response,
                     const std::optional<google::rpc::Status>& error) override;
  // Listeners and clusters: what is held and absent (R22); else nothing (R23).
  std::vector<std::string> Removals(const Response& response) const override;
  // A change of names is all that makes a server resend: not to be had here.
  std::vector<std::string> TakeRestart() override { return {}; }
  bool open() const override { return open_; }

 private:
  std::string Request(const Node* node, const google::rpc::Status* error);

  const DiscoveryType type_;
  const Interest& interest_;
  bool open_ = false;
  Names told_;           // on this stream
  uint64_t told_changes_ = 0;  // Interest::changes() then
  std::string nonce_;    // of the newest response answered on this stream
  std::string version_;  // accepted last, on any stream (R8)
};

}  // namespace sluice::xds
