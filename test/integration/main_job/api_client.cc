#include "test/integration/main_job/api_client.h"

#include <grpcpp/create_channel.h>
#include <grpcpp/security/credentials.h>

#include <cstdio>
#include <cstdlib>

namespace sluice::mainjob {

namespace {

void Expect(const grpc::Status& status, const char* what) {
  if (!status.ok()) Die(std::string(what) + ": " + status.error_message());
}

}  // namespace

void Die(const std::string& why) {
  std::fprintf(stderr, "FAILED: %s\n", why.c_str());
  std::exit(1);
}

namespace {

// A connection of its own, which none of an earlier run of the server is left of.
std::shared_ptr<grpc::Channel> NewChannel(const std::string& address) {
  grpc::ChannelArguments arguments;
  arguments.SetInt(GRPC_ARG_USE_LOCAL_SUBCHANNEL_POOL, 1);
  arguments.SetInt(GRPC_ARG_MAX_RECEIVE_MESSAGE_LENGTH, -1);
  return grpc::CreateCustomChannel(address, grpc::InsecureChannelCredentials(), arguments);
}

}  // namespace

ApiClient::ApiClient(const std::string& address)
    : channel_(NewChannel(address)),
      config_(sluice::v1::Config::NewStub(channel_)), revisions_(sluice::v1::Revisions::NewStub(channel_)),
      insight_(sluice::v1::Insight::NewStub(channel_)), registry_(sluice::v1::Registry::NewStub(channel_)) {}

grpc::Status ApiClient::TryApply(const sluice::v1::ApplyRequest& request, sluice::v1::ApplyResponse* response) {
  grpc::ClientContext context;
  return config_->Apply(&context, request, response);
}

uint64_t ApiClient::Apply(const sluice::v1::ApplyRequest& request) {
  sluice::v1::ApplyResponse response;
  const grpc::Status status = TryApply(request, &response);
  if (!status.ok()) Die("apply: " + status.error_message() + "\n" + status.error_details());
  return response.revision();
}

uint64_t ApiClient::Head() {
  grpc::ClientContext context;
  sluice::v1::ListRequest request;
  request.set_kind("none");
  sluice::v1::ListResponse response;
  Expect(config_->List(&context, request, &response), "list");
  return response.revision();
}

sluice::v1::WaitServedProgress ApiClient::Wait(uint64_t revision, std::chrono::milliseconds most) {
  grpc::ClientContext context;
  context.set_deadline(std::chrono::system_clock::now() + most);
  sluice::v1::WaitServedRequest request;
  request.set_revision(revision);
  const auto reader = revisions_->WaitServed(&context, request);
  sluice::v1::WaitServedProgress progress, last;
  while (reader->Read(&progress)) last = progress;
  reader->Finish();
  return last;
}

sluice::v1::ListProxiesResponse ApiClient::Proxies() {
  grpc::ClientContext context;
  sluice::v1::ListProxiesResponse response;
  Expect(insight_->ListProxies(&context, {}, &response), "proxies");
  return response;
}

std::vector<sluice::v1::Revision> ApiClient::History(uint32_t limit) {
  grpc::ClientContext context;
  sluice::v1::ListRevisionsRequest request;
  request.set_limit(limit);
  sluice::v1::ListRevisionsResponse response;
  Expect(revisions_->List(&context, request, &response), "history");
  return {response.revisions().begin(), response.revisions().end()};
}

void ApiClient::Heartbeat(const std::string& lease) {
  grpc::ClientContext context;
  sluice::v1::HeartbeatRequest request;
  request.add_leases(lease);
  sluice::v1::HeartbeatResponse response;
  // The control plane may be away: the next one will do.
  const grpc::Status status = registry_->Heartbeat(&context, request, &response);
  if (status.ok() && response.unknown_size() > 0) Die("the lease is unknown: the registered endpoint was lost");
}

std::string ApiClient::Register(const std::string& service, uint16_t port) {
  grpc::ClientContext context;
  sluice::v1::RegisterRequest request;
  request.set_service(service);
  request.mutable_endpoint()->set_address("127.0.0.1");
  request.mutable_endpoint()->set_port(port);
  sluice::v1::RegisterResponse response;
  Expect(registry_->Register(&context, request, &response), "register");
  return response.lease();
}

void ApiClient::Deregister(const std::string& lease) {
  grpc::ClientContext context;
  sluice::v1::DeregisterRequest request;
  request.set_lease(lease);
  sluice::v1::DeregisterResponse response;
  Expect(registry_->Deregister(&context, request, &response), "deregister");
}

}  // namespace sluice::mainjob
