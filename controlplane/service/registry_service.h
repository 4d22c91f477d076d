// sluice.v1.Registry: instances that say they are there.
//
// Thread: gRPC's; Register and Deregister wait for the store, Heartbeat does not. A lease is stored
// before it is answered.
#pragma once

#include <functional>

#include "controlplane/discovery/registry.h"
#include "sluice/v1/registry_service.grpc.pb.h"

namespace sluice::service {

class RegistryService final : public sluice::v1::Registry::Service {
 public:
  // `registry` outlives the service. `changed`: leases came or went, so that the next expiry may be
  // earlier than it was; any thread.
  RegistryService(discovery::Registry& registry, std::function<void()> changed)
      : registry_(registry), changed_(std::move(changed)) {}

 private:
  grpc::Status Register(grpc::ServerContext* context, const sluice::v1::RegisterRequest* request,
                        sluice::v1::RegisterResponse* response) override;
  grpc::Status Heartbeat(grpc::ServerContext* context, const sluice::v1::HeartbeatRequest* request,
                         sluice::v1::HeartbeatResponse* response) override;
  grpc::Status Deregister(grpc::ServerContext* context, const sluice::v1::DeregisterRequest* request,
                          sluice::v1::DeregisterResponse* response) override;

  discovery::Registry& registry_;
  const std::function<void()> changed_;
};

}  // namespace sluice::service
