// sluice.v1.Insight: what the fleet holds and refuses.
//
// Thread: gRPC's; calls wait for the strand, never for a proxy or a disk. A WatchRefusals call that
// falls behind misses no refusal that still stands, and none is said twice while it stands.
#pragma once

#include <atomic>

#include "controlplane/revision/writer.h"
#include "controlplane/service/fleet_reader.h"
#include "sluice/v1/insight_service.grpc.pb.h"

namespace sluice::service {

class InsightService final : public sluice::v1::Insight::Service {
 public:
  // All outlive the service. `stopping` ends WatchRefusals calls.
  InsightService(revision::Writer& writer, FleetReader& fleet, const std::atomic<bool>& stopping)
      : writer_(writer), fleet_(fleet), stopping_(stopping) {}

 private:
  grpc::Status ListProxies(grpc::ServerContext* context, const sluice::v1::ListProxiesRequest* request,
                           sluice::v1::ListProxiesResponse* response) override;
  grpc::Status WatchRefusals(grpc::ServerContext* context, const sluice::v1::WatchRefusalsRequest* request,
                             grpc::ServerWriter<sluice::v1::ProxyRefusal>* writer) override;

  revision::Writer& writer_;
  FleetReader& fleet_;
  const std::atomic<bool>& stopping_;
};

}  // namespace sluice::service
