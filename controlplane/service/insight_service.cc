#include "controlplane/service/insight_service.h"

#include <set>
#include <string>
#include <vector>

namespace sluice::service {

using sluice::v1::ProxyRefusal;

namespace {
// How long WatchRefusals waits before it looks whether its client is still there.
constexpr std::chrono::milliseconds kLook{250};
}  // namespace

grpc::Status InsightService::ListProxies(grpc::ServerContext*, const sluice::v1::ListProxiesRequest*,
                                         sluice::v1::ListProxiesResponse* response) {
  response->set_head(writer_.head()->number());
  using Proxies = std::vector<sluice::v1::Proxy>;
  for (auto& proxy : fleet_.Read<Proxies>([](const fleet::Fleet& fleet) { return fleet.List(); })) {
    *response->add_proxies() = std::move(proxy);
  }
  return grpc::Status::OK;
}

grpc::Status InsightService::WatchRefusals(grpc::ServerContext* context, const sluice::v1::WatchRefusalsRequest*,
                                           grpc::ServerWriter<ProxyRefusal>* writer) {
  FleetReader::Watch watch(fleet_);
  std::set<std::string> told;  // what stands and was said
  for (;;) {
    using Refusals = std::vector<ProxyRefusal>;
    std::set<std::string> standing;
    for (const ProxyRefusal& refusal :
         fleet_.Read<Refusals>([](const fleet::Fleet& fleet) { return fleet.Refusals(); })) {
      std::string bytes = refusal.SerializeAsString();
      if (!told.contains(bytes) && !writer->Write(refusal)) return grpc::Status::OK;
      standing.insert(std::move(bytes));
    }
    told = std::move(standing);
    do {
      if (context->IsCancelled()) return grpc::Status::CANCELLED;
      if (stopping_) return {grpc::StatusCode::UNAVAILABLE, "shutting down"};
    } while (!watch.Wait(kLook));
  }
}

}  // namespace sluice::service
