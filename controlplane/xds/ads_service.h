// The ADS server: accepts streams of both protocols and gives each a session on the strand.
//
// gRPC's threads read, parse and write; all state is on the strand. One instance per listening
// address: that of the fleet, and the judge's unix socket, with a driver of its own each.
// Bounds: kMaxStreams streams; a stream whose first request is not good ends with INVALID_ARGUMENT
// (R1, R3). One slow or silent peer holds at most one unanswered response per type and nobody else.
// After a restart clients come back and say what they hold.
#pragma once

#include <atomic>
#include <memory>
#include <set>
#include <string>

#include "controlplane/xds/ads_stream.h"
#include "envoy/service/discovery/v3/ads.grpc.pb.h"

namespace sluice::xds {

class AdsService final : private StreamOwner {
 public:
  static constexpr int kMaxStreams = 20'000;

  struct Options {
    strand::Strand& strand;
    fleet::Driver& driver;
    snapshot::Assignments& assignments;
    std::string identifier;  // control_plane.identifier
  };
  explicit AdsService(Options options);
  // The gRPC server has shut down and the strand has stopped.
  ~AdsService();

  // To be registered with a grpc::ServerBuilder; lives as long as this object.
  grpc::Service& grpc_service();

  // Strand: assignments changed; every stream sends what concerns it.
  void OnAssignments();
  // Strand: ends all streams, and those still to come, so that the server can shut down.
  void CloseAll();

 private:
  class Methods;

  // StreamOwner
  void OnOpen(StreamEntry& entry) override;
  void OnClosed(StreamEntry& entry) override;
  SessionContext ContextFor(fleet::Node node) override;
  strand::Strand& strand() override { return options_.strand; }

  const Options options_;
  std::unique_ptr<Methods> methods_;
  std::set<StreamEntry*> streams_;  // strand
  bool closing_ = false;            // strand
};

}  // namespace sluice::xds
