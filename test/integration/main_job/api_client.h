// The northbound API as the scenarios use it. Calls that fail end the program with what was said:
// a scenario that expects a refusal asks for the status.
#pragma once

#include <grpcpp/channel.h>

#include <chrono>
#include <memory>
#include <string>
#include <vector>

#include "sluice/v1/config_service.grpc.pb.h"
#include "sluice/v1/insight_service.grpc.pb.h"
#include "sluice/v1/registry_service.grpc.pb.h"
#include "sluice/v1/revision_service.grpc.pb.h"

namespace sluice::mainjob {

class ApiClient final {
 public:
  explicit ApiClient(const std::string& address);

  grpc::Status TryApply(const sluice::v1::ApplyRequest& request, sluice::v1::ApplyResponse* response);
  // The new revision.
  uint64_t Apply(const sluice::v1::ApplyRequest& request);
  uint64_t Head();
  // The last progress; its `done` is false when `most` was over first.
  sluice::v1::WaitServedProgress Wait(uint64_t revision, std::chrono::milliseconds most);
  sluice::v1::ListProxiesResponse Proxies();
  // Of everything kept, newest first.
  std::vector<sluice::v1::Revision> History(uint32_t limit);
  void Heartbeat(const std::string& lease);
  // The lease.
  std::string Register(const std::string& service, uint16_t port);
  void Deregister(const std::string& lease);

 private:
  std::shared_ptr<grpc::Channel> channel_;
  std::unique_ptr<sluice::v1::Config::Stub> config_;
  std::unique_ptr<sluice::v1::Revisions::Stub> revisions_;
  std::unique_ptr<sluice::v1::Insight::Stub> insight_;
  std::unique_ptr<sluice::v1::Registry::Stub> registry_;
};

// Says why, and ends the program with exit code 1.
[[noreturn]] void Die(const std::string& why);

}  // namespace sluice::mainjob
