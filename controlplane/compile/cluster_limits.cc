#include "controlplane/compile/cluster_limits.h"

#include <algorithm>

#include "sluice/xds/v1/limits.pb.h"

namespace sluice::compile {
namespace {

using envoy::config::cluster::v3::CircuitBreakers;
using envoy::config::cluster::v3::Cluster;
using sluice::v1::RetryLimits;

constexpr double kActivePercent = 20;
constexpr uint32_t kActiveMin = 3;
constexpr uint32_t kReserve = 10;

void SetAtOnce(const RetryLimits& retries, CircuitBreakers::Thresholds& out) {
  if (retries.has_at_once()) return out.mutable_max_retries()->set_value(retries.at_once());
  auto& budget = *out.mutable_retry_budget();
  budget.mutable_budget_percent()->set_value(
      retries.has_active_percent() ? retries.active_percent() : kActivePercent);
  budget.mutable_min_retry_concurrency()->set_value(
      retries.has_active_min() ? retries.active_min() : kActiveMin);
}

void SetRate(const RetryLimits& retries, Cluster& cluster) {
  if (!retries.has_rate_percent() && !retries.has_reserve() && !retries.has_saved()) return;
  sluice::xds::v1::RetryBudget budget;
  if (retries.has_rate_percent()) budget.mutable_rate_percent()->set_value(retries.rate_percent());
  if (retries.has_saved()) budget.mutable_most_saved()->set_value(retries.saved());
  if (retries.has_reserve()) {
    budget.mutable_reserve()->set_value(retries.reserve());
  } else if (retries.has_saved()) {
    budget.mutable_reserve()->set_value(std::min(kReserve, retries.saved()));
  }
  (*cluster.mutable_metadata()->mutable_typed_filter_metadata())["sluice.retry_budget"].PackFrom(
      budget);
}

}  // namespace

void SetLimits(const sluice::v1::ServiceLimits& limits, ClientClass client, Cluster& cluster) {
  CircuitBreakers& breakers = *cluster.mutable_circuit_breakers();
  CircuitBreakers::Thresholds& out = *breakers.add_thresholds();
  if (limits.connections() != 0) out.mutable_max_connections()->set_value(limits.connections());
  if (limits.pending() != 0) out.mutable_max_pending_requests()->set_value(limits.pending());
  if (limits.requests() != 0) out.mutable_max_requests()->set_value(limits.requests());
  SetAtOnce(limits.retries(), out);
  if (limits.connections_per_endpoint() != 0) {
    breakers.add_per_host_thresholds()->mutable_max_connections()->set_value(
        limits.connections_per_endpoint());
  }
  if (client == ClientClass::kCommitting) SetRate(limits.retries(), cluster);
}

}  // namespace sluice::compile
