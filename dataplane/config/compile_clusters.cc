#include "dataplane/config/compile_clusters.h"

#include <fmt/format.h>

#include "dataplane/config/ads_source.h"
#include "dataplane/config/compile_balancing.h"
#include "dataplane/config/compile_cluster_protocol.h"
#include "dataplane/config/compile_endpoints.h"
#include "dataplane/config/compile_health.h"
#include "dataplane/config/compile_retry_budget.h"
#include "dataplane/config/implemented_fields.h"

namespace sluice::config {
namespace {

using envoy::config::cluster::v3::CircuitBreakers;
using envoy::config::cluster::v3::Cluster;
using envoy::config::core::v3::RoutingPriority;
using upstream::ClusterSpec;
using upstream::Discovery;

// What a call may hold of a request before its sender is paused, so a higher limit is kept too.
constexpr uint32_t kBufferHeld = 32 * 1024;
constexpr std::chrono::milliseconds kShortestInterval{1};  // xDS: dns_refresh_rate

template <typename Enum>
std::string NotYet(const Enum& name) {
  return fmt::format("{}: not implemented yet", name);
}

void CompileDiscovery(const Cluster& cluster, const std::string& path, ClusterSpec& spec,
                      ErrorList& errors) {
  if (cluster.has_cluster_type()) {
    return errors.Add(JoinPath(path, "cluster_type"), NotYet(cluster.cluster_type().name()));
  }
  switch (cluster.type()) {
    case Cluster::STATIC: spec.discovery = Discovery::kStatic; return;
    case Cluster::STRICT_DNS: spec.discovery = Discovery::kStrictDns; return;
    case Cluster::EDS: spec.discovery = Discovery::kEds; return;
    default: break;
  }
  errors.Add(JoinPath(path, "type"), NotYet(Cluster::DiscoveryType_Name(cluster.type())));
}

void CompileEds(const Cluster& cluster, const std::string& path, ClusterSpec& spec,
                ErrorList& errors) {
  const std::string at = JoinPath(path, "eds_cluster_config");
  const Cluster::EdsClusterConfig& eds = cluster.eds_cluster_config();
  if (spec.discovery != Discovery::kEds) {
    if (cluster.has_eds_cluster_config()) errors.Add(at, "is for clusters of type EDS");
    return;
  }
  spec.eds_service_name = eds.service_name().empty() ? spec.name : eds.service_name();
  const std::string source = JoinPath(at, "eds_config");
  if (!eds.has_eds_config()) return errors.Add(source, "is required for type EDS");
  CheckAdsSource(eds.eds_config(), source, errors);
  if (cluster.has_load_assignment()) {
    errors.Add(JoinPath(path, "load_assignment"), "clusters of type EDS get it from eds_config");
  }
}

net::DnsFamily CompileFamily(Cluster::DnsLookupFamily family) {
  switch (family) {
    case Cluster::V4_ONLY: return net::DnsFamily::kV4Only;
    case Cluster::V6_ONLY: return net::DnsFamily::kV6Only;
    case Cluster::V4_PREFERRED: return net::DnsFamily::kV4Preferred;
    case Cluster::ALL: return net::DnsFamily::kAll;
    default: return net::DnsFamily::kAuto;
  }
}

void CompileDns(const Cluster& cluster, const std::string& path, ClusterSpec& spec,
                ErrorList& errors) {
  const std::string rate = JoinPath(path, "dns_refresh_rate");
  CompileClusterDuration(cluster.has_dns_refresh_rate(), cluster.dns_refresh_rate(), rate, errors,
                         spec.dns_refresh_rate);
  if (spec.dns_refresh_rate < kShortestInterval) errors.Add(rate, "must be at least 1 ms");
  spec.respect_dns_ttl = cluster.respect_dns_ttl();
  spec.dns_family = CompileFamily(cluster.dns_lookup_family());
  spec.dns_failure_base = spec.dns_failure_max = spec.dns_refresh_rate;
  if (!cluster.has_dns_failure_refresh_rate()) return;
  const std::string at = JoinPath(path, "dns_failure_refresh_rate");
  const Cluster::RefreshRate& failure = cluster.dns_failure_refresh_rate();
  const std::string base = JoinPath(at, "base_interval");
  CompileClusterDuration(true, failure.base_interval(), base, errors, spec.dns_failure_base);
  if (spec.dns_failure_base < kShortestInterval) errors.Add(base, "must be at least 1 ms");
  spec.dns_failure_max = 10 * spec.dns_failure_base;
  CompileClusterDuration(failure.has_max_interval(), failure.max_interval(),
                         JoinPath(at, "max_interval"), errors, spec.dns_failure_max);
  if (spec.dns_failure_max < spec.dns_failure_base) {
    errors.Add(JoinPath(at, "max_interval"), "must not be less than base_interval");
  }
}

void CompileThresholds(const CircuitBreakers::Thresholds& thresholds, const std::string& path,
                       upstream::BreakerLimits& out, ErrorList& errors) {
  RefuseAllBut(thresholds,
               {"priority", "max_connections", "max_pending_requests", "max_requests",
                "max_retries", "retry_budget"},
               path, errors);
  if (thresholds.priority() != RoutingPriority::DEFAULT) {
    return errors.Add(JoinPath(path, "priority"), "HIGH: not implemented yet");
  }
  if (thresholds.has_max_connections()) out.max_connections = thresholds.max_connections().value();
  if (thresholds.has_max_pending_requests()) {
    out.max_pending_requests = thresholds.max_pending_requests().value();
  }
  if (thresholds.has_max_requests()) out.max_requests = thresholds.max_requests().value();
  if (thresholds.has_max_retries()) out.max_retries = thresholds.max_retries().value();
  if (!thresholds.has_retry_budget()) return;
  const auto& budget = thresholds.retry_budget();
  out.retry_share = true;
  if (budget.has_budget_percent()) out.retry_percent = budget.budget_percent().value();
  if (budget.has_min_retry_concurrency()) out.min_retries = budget.min_retry_concurrency().value();
  if (!(out.retry_percent >= 0 && out.retry_percent <= 100)) {
    errors.Add(JoinPath(path, "retry_budget.budget_percent"), "must be between 0 and 100");
  }
}

// As in Envoy: a limit of connections is all there is per host.
void CompileHostThresholds(const CircuitBreakers::Thresholds& thresholds, const std::string& path,
                           upstream::BreakerLimits& out, ErrorList& errors) {
  RefuseAllBut(thresholds, {"priority", "max_connections"}, path, errors);
  if (thresholds.priority() != RoutingPriority::DEFAULT) {
    return errors.Add(JoinPath(path, "priority"), "HIGH: not implemented yet");
  }
  if (thresholds.has_max_connections()) {
    out.max_connections_per_host = thresholds.max_connections().value();
  }
}

void CompileBreakers(const Cluster& cluster, const std::string& path, ClusterSpec& spec,
                     ErrorList& errors) {
  const std::string at = JoinPath(path, "circuit_breakers");
  const CircuitBreakers& breakers = cluster.circuit_breakers();
  RefuseAllBut(breakers, {"thresholds", "per_host_thresholds"}, at, errors);
  bool seen = false;
  for (int i = 0; i < breakers.thresholds_size(); ++i) {
    const std::string here = IndexPath(JoinPath(at, "thresholds"), i);
    CompileThresholds(breakers.thresholds(i), here, spec.breaker, errors);
    if (breakers.thresholds(i).priority() != RoutingPriority::DEFAULT) continue;
    if (seen) errors.Add(here, "a second entry for this priority");
    seen = true;
  }
  for (int i = 0; i < breakers.per_host_thresholds_size(); ++i) {
    const std::string here = IndexPath(JoinPath(at, "per_host_thresholds"), i);
    CompileHostThresholds(breakers.per_host_thresholds(i), here, spec.breaker, errors);
    if (i > 0) errors.Add(here, "a second entry for this priority");
  }
}

void CompileLimits(const Cluster& cluster, const std::string& path, ClusterSpec& spec,
                   ErrorList& errors) {
  const std::string connect = JoinPath(path, "connect_timeout");
  CompileClusterDuration(cluster.has_connect_timeout(), cluster.connect_timeout(), connect, errors,
                         spec.connect_timeout);
  if (spec.connect_timeout <= base::Duration::zero()) errors.Add(connect, "must be > 0");
  if (cluster.has_per_connection_buffer_limit_bytes() &&
      cluster.per_connection_buffer_limit_bytes().value() < kBufferHeld) {
    errors.Add(JoinPath(path, "per_connection_buffer_limit_bytes"),
               fmt::format("less than {}: not implemented yet", kBufferHeld));
  }
  CompileBreakers(cluster, path, spec, errors);
  spec.retry_rate = CompileRetryBudget(cluster, path, errors);
}

}  // namespace

std::optional<CompiledCluster> CompileCluster(const Cluster& cluster, const std::string& path,
                                              ErrorList& errors) {
  const size_t before = errors.size();
  RefuseAllBut(cluster,
               {"name", "type", "cluster_type", "eds_cluster_config", "connect_timeout",
                "per_connection_buffer_limit_bytes", "lb_policy", "ring_hash_lb_config",
                "least_request_lb_config", "maglev_lb_config", "round_robin_lb_config",
                "common_lb_config", "load_balancing_policy", "circuit_breakers", "load_assignment", "metadata",
                "alt_stat_name", "dns_refresh_rate", "dns_failure_refresh_rate",
                "dns_lookup_family", "respect_dns_ttl", "typed_extension_protocol_options",
                "common_http_protocol_options", "max_requests_per_connection",
                "http_protocol_options", "http2_protocol_options", "health_checks", "outlier_detection",
                "ignore_health_on_host_removal"},
               path, errors);
  auto spec = std::make_shared<ClusterSpec>();
  CompiledCluster compiled;
  spec->name = cluster.name();
  if (spec->name.empty()) errors.Add(JoinPath(path, "name"), "must not be empty");
  spec->alt_stat_name = cluster.alt_stat_name();
  CompileDiscovery(cluster, path, *spec, errors);
  CompileEds(cluster, path, *spec, errors);
  CompileDns(cluster, path, *spec, errors);
  spec->balancing = CompileBalancing(cluster, path, errors);
  CompileProtocol(cluster, path, *spec, errors);
  CompileLimits(cluster, path, *spec, errors);
  CompileHealth(cluster, path, *spec, errors);
  const std::string assignment = JoinPath(path, "load_assignment");
  if (spec->discovery == Discovery::kStrictDns) {
    CompileDnsTargets(cluster.load_assignment(), assignment, *spec, errors);
  } else if (spec->discovery == Discovery::kStatic) {
    compiled.endpoints = CompileAssignment(cluster.load_assignment(), assignment, errors);
  }
  if (errors.size() != before) return std::nullopt;
  compiled.spec = std::move(spec);
  return compiled;
}

}  // namespace sluice::config
