// A control plane in this process that behaves like one as far as sluicectl can see: it keeps
// objects by revision, refuses routes to services that do not exist, and has proxies that take
// revisions or not. Serves on a free port of the loopback.
#pragma once

#include <grpcpp/server.h>

#include <atomic>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "sluice/v1/config_service.grpc.pb.h"
#include "sluice/v1/insight_service.grpc.pb.h"
#include "sluice/v1/registry_service.grpc.pb.h"
#include "sluice/v1/revision_service.grpc.pb.h"

namespace sluice::ctl {

class FakeControl final {
 public:
  enum class Mood { kServes, kRefuses, kSilent };
  struct FakeProxy {
    std::string id;
    std::string zone;
    Mood mood = Mood::kServes;
  };

  FakeControl();
  ~FakeControl();

  // "127.0.0.1:41233"
  const std::string& address() const { return address_; }
  std::vector<FakeProxy> proxies;           // Set before the call that asks.
  std::atomic<bool> judge_is_away = false;  // Apply and Plan are UNAVAILABLE.
  std::atomic<bool> forgets_leases = false;

  // What the last Apply said.
  sluice::v1::ApplyRequest last() const;
  uint64_t head() const;
  size_t leases() const;

 private:
  using Key = std::pair<std::string, std::string>;
  using Objects = std::map<Key, sluice::v1::Object>;
  class ConfigService;
  class RevisionsService;
  class InsightService;
  class RegistryService;

  grpc::Status Change(const sluice::v1::ApplyRequest& request, bool commit,
                      sluice::v1::ApplyResponse& response);
  void Commit(Objects next, sluice::v1::Revision revision, sluice::v1::ApplyResponse& response);
  grpc::Status Wait(const sluice::v1::WaitServedRequest& request, grpc::ServerContext& context,
                    grpc::ServerWriter<sluice::v1::WaitServedProgress>& writer);
  const Objects& At(uint64_t revision) const;

  mutable std::mutex mutex_;
  std::vector<Objects> revisions_{{}};             // By number; 0 is empty.
  std::vector<sluice::v1::Revision> records_{{}};  // The same.
  sluice::v1::ApplyRequest last_;
  std::map<std::string, sluice::v1::RegisterRequest> leases_;

  std::vector<std::unique_ptr<grpc::Service>> services_;
  std::unique_ptr<grpc::Server> server_;
  std::string address_;
};

}  // namespace sluice::ctl
