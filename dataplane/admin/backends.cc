#include "dataplane/admin/backends.h"

#include <fmt/format.h>

#include <algorithm>
#include <variant>

namespace sluice::admin {

namespace {

using stats::PrometheusText;
using upstream::PoolStats;

struct PoolMetric {
  std::string_view name;
  std::string_view prometheus_name;
  std::string_view help;
  std::variant<stats::Counter PoolStats::*, stats::Gauge PoolStats::*> cell;
};

constexpr PoolMetric kPoolMetrics[] = {
#define SLUICE_POOL_METRIC(type, member, name, meaning) \
  {name, "sluice_upstream_" #member, meaning, &PoolStats::member},
    SLUICE_POOL_STATS(SLUICE_POOL_METRIC)
#undef SLUICE_POOL_METRIC
};

struct HealthMetric {
  std::string_view name;
  std::string_view prometheus_name;
  std::string_view help;
  std::variant<stats::Counter upstream::HealthStats::*, stats::Gauge upstream::HealthStats::*> cell;
};

constexpr HealthMetric kHealthMetrics[] = {
#define SLUICE_HEALTH_METRIC(type, member, name, meaning) \
  {name, "sluice_health_" #member, meaning, &upstream::HealthStats::member},
    SLUICE_HEALTH_STATS(SLUICE_HEALTH_METRIC)
#undef SLUICE_HEALTH_METRIC
};

struct EjectionMetric {
  std::string_view name;
  upstream::Ejection type;
};

constexpr EjectionMetric kEjectionMetrics[] = {
#define SLUICE_EJECTION_METRIC(type, name, event, meaning) {name, upstream::Ejection::type},
    SLUICE_EJECTIONS(SLUICE_EJECTION_METRIC)
#undef SLUICE_EJECTION_METRIC
};

int64_t Value(const upstream::Cluster& cluster, const HealthMetric& metric) {
  return std::visit(
      [&](auto cell) { return static_cast<int64_t>((cluster.health_stats().*cell).value()); },
      metric.cell);
}

int64_t Value(const upstream::Cluster& cluster, const PoolMetric& metric) {
  return std::visit([&](auto cell) { return static_cast<int64_t>(cluster.Total(cell)); },
                    metric.cell);
}

// "healthy", "degraded", "unhealthy".
std::string_view HealthName(balance::Health health) {
  switch (health) {
    case balance::Health::kHealthy:
      return "healthy";
    case balance::Health::kDegraded:
      return "degraded";
    case balance::Health::kUnhealthy:
      return "unhealthy";
  }
  return "";
}

bool IsGauge(const PoolMetric& metric) { return metric.cell.index() == 1; }

ClusterBackends ReadOne(const upstream::Cluster& cluster, Detail detail) {
  ClusterBackends out{
      .name = cluster.name(), .cluster = &cluster, .endpoints = {}, .by_reason = {}};
  const upstream::EndpointTable* table = cluster.endpoints();
  if (table == nullptr) return out;
  const auto& specs = table->source().endpoints;
  for (size_t i = 0; i < table->endpoints().size(); ++i) {
    const upstream::Endpoint& endpoint = *table->endpoints()[i];
    const balance::Health health = endpoint.health().load(std::memory_order_relaxed);
    ++out.by_health[static_cast<size_t>(health)];
    const upstream::HealthReasons reasons = endpoint.reasons();
    for (upstream::HealthReasons left = reasons; left != 0; left &= left - 1) {
      ++out.by_reason[static_cast<upstream::HealthReason>(left & -left)];
    }
    if (detail == Detail::kCounts) continue;
    out.endpoints.push_back(
        {endpoint.address(), endpoint.hostname(), specs[i].weight, specs[i].priority, reasons});
  }
  return out;
}

}  // namespace

size_t ClusterBackends::usable() const {
  return total() - by_health[static_cast<size_t>(balance::Health::kUnhealthy)];
}

std::vector<ClusterBackends> ReadBackends(const upstream::Registry& registry, Detail detail) {
  std::vector<ClusterBackends> clusters;
  registry.ForEach(
      [&](const upstream::Cluster& cluster) { clusters.push_back(ReadOne(cluster, detail)); });
  std::sort(clusters.begin(), clusters.end(),
            [](const auto& a, const auto& b) { return a.name < b.name; });
  return clusters;
}

void VisitPoolStats(const upstream::Cluster& cluster, const stats::StatVisitor& f) {
  for (const PoolMetric& metric : kPoolMetrics) f(metric.name, Value(cluster, metric));
}

void VisitHealthStats(const upstream::Cluster& cluster, const stats::StatVisitor& f) {
  const upstream::ClusterSpec& spec = cluster.spec();
  const upstream::HealthStats& stats = cluster.health_stats();
  for (const HealthMetric& metric : kHealthMetrics) {
    const bool of_checks = metric.name.find("health_check.") != std::string_view::npos;
    if (of_checks ? spec.check.has_value() : spec.outlier.has_value()) {
      f(metric.name, Value(cluster, metric));
    }
  }
  if (!spec.outlier) return;
  for (const EjectionMetric& metric : kEjectionMetrics) {
    const auto index = static_cast<size_t>(metric.type);
    f(fmt::format("outlier_detection.ejections_detected_{}", metric.name),
      static_cast<int64_t>(stats.detected[index].value()));
    f(fmt::format("outlier_detection.ejections_enforced_{}", metric.name),
      static_cast<int64_t>(stats.enforced[index].value()));
  }
}

namespace {

void ScrapeHealth(const std::vector<ClusterBackends>& clusters, PrometheusText& text) {
  for (const HealthMetric& metric : kHealthMetrics) {
    const bool gauge = metric.cell.index() == 1;
    std::string name(metric.prometheus_name);
    if (!gauge && !name.ends_with("_total")) name += "_total";
    text.Family(name, gauge ? PrometheusText::Type::kGauge : PrometheusText::Type::kCounter,
                metric.help);
    for (const ClusterBackends& c : clusters)
      text.Sample({{"cluster", c.name}}, Value(*c.cluster, metric));
  }
  text.Family("sluice_health_ejections_by_type_total", PrometheusText::Type::kCounter,
              "Endpoints found to be outliers; enforced: and ejected.");
  for (const ClusterBackends& c : clusters) {
    const upstream::HealthStats& stats = c.cluster->health_stats();
    for (const EjectionMetric& metric : kEjectionMetrics) {
      const auto index = static_cast<size_t>(metric.type);
      text.Sample({{"cluster", c.name}, {"type", metric.name}, {"enforced", "false"}},
                  stats.detected[index].value() - stats.enforced[index].value());
      text.Sample({{"cluster", c.name}, {"type", metric.name}, {"enforced", "true"}},
                  stats.enforced[index].value());
    }
  }
}

}  // namespace

void ScrapePrometheus(const std::vector<ClusterBackends>& clusters, PrometheusText& text) {
  ScrapeHealth(clusters, text);
  for (const PoolMetric& metric : kPoolMetrics) {
    const bool gauge = IsGauge(metric);
    std::string name(metric.prometheus_name);
    if (!gauge && !name.ends_with("_total")) name += "_total";
    text.Family(name, gauge ? PrometheusText::Type::kGauge : PrometheusText::Type::kCounter,
                metric.help);
    for (const ClusterBackends& c : clusters)
      text.Sample({{"cluster", c.name}}, Value(*c.cluster, metric));
  }
  text.Family("sluice_upstream_endpoints", PrometheusText::Type::kGauge, "Endpoints by health.");
  for (const ClusterBackends& c : clusters) {
    for (const auto health :
         {balance::Health::kHealthy, balance::Health::kDegraded, balance::Health::kUnhealthy}) {
      text.Sample({{"cluster", c.name}, {"health", HealthName(health)}},
                  static_cast<int64_t>(c.by_health[static_cast<size_t>(health)]));
    }
  }
}

}  // namespace sluice::admin
