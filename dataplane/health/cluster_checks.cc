#include "dataplane/health/cluster_checks.h"

#include <utility>

namespace sluice::health {

using upstream::Endpoint;
using upstream::EndpointCheck;
using upstream::kActiveReasons;

ClusterChecks::ClusterChecks(const HealthContext& context, upstream::Cluster& cluster,
                             EndpointChecker::OnPassed passed)
    : context_(context),
      cluster_(cluster),
      passed_(std::move(passed)),
      spec_(*cluster.spec().check) {
  Update();
}

ClusterChecks::~ClusterChecks() {
  for (auto& [address, one] : checked_) {
    one.checker = nullptr;
    context_.registry.Mark(cluster_, *one.endpoint, kActiveReasons, 0);
  }
}

void ClusterChecks::Update() {
  const upstream::HealthCheckSpec& now = *cluster_.spec().check;
  if (spec_ != now) {
    for (auto& [address, one] : checked_) one.checker = nullptr;
    spec_ = now;
  }
  const upstream::EndpointTable* const table = cluster_.endpoints();
  if (table == nullptr) return;
  const auto& sources = table->source().endpoints;
  absl::flat_hash_map<net::Address, Checked, AddressHash> next;
  next.reserve(sources.size());
  for (size_t i = 0; i < sources.size(); ++i) {
    Checked& place = next[sources[i].address];
    const auto known = checked_.find(sources[i].address);
    if (known != checked_.end()) place = std::move(known->second);
    Adopt(place, table->endpoints()[i], sources[i].check);
  }
  checked_ = std::move(next);
}

void ClusterChecks::Adopt(Checked& place, const std::shared_ptr<Endpoint>& endpoint,
                          const EndpointCheck& own) {
  if (place.endpoint != endpoint && place.endpoint != nullptr) {
    // The name of an address changed: what is known of the address stays.
    context_.registry.Mark(cluster_, *endpoint, kActiveReasons,
                           place.endpoint->reasons() & kActiveReasons);
    place.checker = nullptr;
  }
  if (place.own != own) place.checker = nullptr;
  place.endpoint = endpoint;
  place.own = own;
  if (own.disabled) return context_.registry.Mark(cluster_, *endpoint, kActiveReasons, 0);
  if (place.checker != nullptr) return;
  place.checker = std::make_unique<EndpointChecker>(
      context_, EndpointChecker::Of{cluster_, spec_, passed_}, endpoint, own);
}

}  // namespace sluice::health
