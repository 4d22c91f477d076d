// Clusters and endpoints as the pages show them, copied out of the registry in one go.
// Thread: the registry's (config).
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "dataplane/stats/prometheus.h"
#include "dataplane/stats/scrape.h"
#include "dataplane/upstream/registry.h"

namespace sluice::admin {

struct EndpointLine {
  net::Address address;
  std::string hostname;
  uint32_t weight = 1;
  uint32_t priority = 0;
  upstream::HealthReasons reasons = 0;
};

struct ClusterBackends {
  std::string name;
  const upstream::Cluster* cluster = nullptr;  // until the end of the message to the config thread
  std::vector<EndpointLine> endpoints;  // only Detail::kEndpoints
  std::array<size_t, 3> by_health{};    // endpoints; by the value of Health
  std::map<upstream::HealthReason, size_t> by_reason;  // endpoints that have it
  size_t total() const { return by_health[0] + by_health[1] + by_health[2]; }
  size_t usable() const;  // healthy or degraded
};

// A line per endpoint costs milliseconds from ten thousand on: only for pages that show them.
enum class Detail { kCounts, kEndpoints };
// Sorted by name.
std::vector<ClusterBackends> ReadBackends(const upstream::Registry& registry, Detail detail);

// Calls f(name, value) for each number of the cluster: "upstream_rq_total".
void VisitPoolStats(const upstream::Cluster& cluster, const stats::StatVisitor& f);
// The same for what health checks and outlier detection did, where the cluster has them:
// "outlier_detection.ejections_active".
void VisitHealthStats(const upstream::Cluster& cluster, const stats::StatVisitor& f);
// sluice_upstream_... and sluice_health_...{cluster="web"}.
void ScrapePrometheus(const std::vector<ClusterBackends>& clusters, stats::PrometheusText& text);

}  // namespace sluice::admin
