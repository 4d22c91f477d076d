// A Discovery with a consumer and a sender that writes requests down; the test is the server.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "dataplane/xds/discovery.h"
#include "test/dataplane/xds/messages.h"
#include "test/support/manual_clock.h"
#include "test/support/recording_consumer.h"

namespace sluice::xds {

class DiscoveryWorld : public Discovery::Sender {
 public:
  explicit DiscoveryWorld(Variant variant) {
    options.variant = variant;
    options.node.set_id("edge-1");
    options.on_initial_fetch = [this] { ++initial_fetches; };
  }

  // Without a stream.
  void Make();
  // Begins the first stream.
  void Start();
  void Reconnect();
  void Respond(const SotwMessage& message) { Take(Decode(message)); }
  void Respond(const DeltaMessage& message) { Take(Decode(message)); }
  // Time goes on and timers fire.
  void Wait(base::Duration by);
  // Requests since the last call: "CDS - -", one per line, each as Short writes it.
  std::string Requests();
  // The error_detail of the last request that had one.
  google::rpc::Status last_error;
  envoy::config::core::v3::Node last_node;
  // A Commit that names `resources` exactly.
  DeltaMessage CommitMessage(uint64_t revision, ::sluice::xds::v1::Commit::Phase phase,
                             const config::ResourceSet& resources, const std::string& nonce);
  ::sluice::xds::v1::CommitReport LastReport() const;

  test::ManualClock clock;
  event::Loop loop{clock};
  test::RecordingConsumer consumer;
  DiscoveryRecord record;
  DiscoveryOptions options;
  std::unique_ptr<Discovery> discovery;
  int initial_fetches = 0;
  int rooms = 0;
  size_t sent = 0;

 private:
  void Take(Response response);
  void Send(std::string message) override;
  void OnRoom() override { ++rooms; }

  std::vector<std::string> requests_;
};

}  // namespace sluice::xds
