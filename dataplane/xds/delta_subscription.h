// Subscription by DeltaDiscoveryRequest: changes of names, never the whole list (xds.md R39-R54).
//
// Changes and answers are separate messages, so that neither waits for the other (R40, R41).
// Thread: config.
#pragma once

#include <string>
#include <vector>

#include "dataplane/xds/subscription.h"

namespace sluice::xds {

class DeltaSubscription final : public Subscription {
 public:
  // `interest` outlives this object.
  DeltaSubscription(DiscoveryType type, const Interest& interest)
      : type_(type), interest_(interest) {}

  void StartStream() override;
  std::optional<std::string> TakeRequest(const Node* node) override;
  std::string Answer(const Response& response,
                     const std::optional<google::rpc::Status>& error) override;
  std::vector<std::string> Removals(const Response& response) const override;
  std::vector<std::string> TakeRestart() override;
  bool open() const override { return open_; }

 private:
  // What the server should have, with "*" for everything.
  Names Wanted() const;

  const DiscoveryType type_;
  const Interest& interest_;
  bool open_ = false;
  Names told_;  // on this stream
  uint64_t told_changes_ = 0;  // Interest::changes() then
};

}  // namespace sluice::xds
