#include "controlplane/service/registry_service.h"

#include "controlplane/service/status_details.h"

namespace sluice::service {

namespace {

void SetPosition(const discovery::Position& from, sluice::v1::LogPosition& to) {
  to.set_log("endpoints");
  to.set_epoch(from.epoch);
  to.set_seq(from.seq);
}

}  // namespace

grpc::Status RegistryService::Register(grpc::ServerContext*, const sluice::v1::RegisterRequest* request,
                                       sluice::v1::RegisterResponse* response) {
  auto grant = registry_.Register(*request);
  if (!grant.ok()) return ToGrpc(grant.status());
  changed_();
  response->set_lease(grant->lease);
  const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(grant->ttl);
  response->mutable_ttl()->set_seconds(seconds.count());
  response->mutable_ttl()->set_nanos(static_cast<int32_t>((grant->ttl - seconds).count()));
  SetPosition(grant->position, *response->mutable_position());
  return grpc::Status::OK;
}

grpc::Status RegistryService::Heartbeat(grpc::ServerContext*, const sluice::v1::HeartbeatRequest* request,
                                        sluice::v1::HeartbeatResponse* response) {
  const std::vector<std::string> leases(request->leases().begin(), request->leases().end());
  for (std::string& id : registry_.Heartbeat(leases)) response->add_unknown(std::move(id));
  return grpc::Status::OK;
}

grpc::Status RegistryService::Deregister(grpc::ServerContext*, const sluice::v1::DeregisterRequest* request,
                                         sluice::v1::DeregisterResponse* response) {
  auto position = registry_.Deregister(request->lease());
  if (!position.ok()) return ToGrpc(position.status());
  changed_();
  SetPosition(*position, *response->mutable_position());
  return grpc::Status::OK;
}

}  // namespace sluice::service
