#include "dataplane/config/compile_health.h"

#include <algorithm>

#include "dataplane/buffer/arena.h"
#include "dataplane/config/compile_cluster_protocol.h"
#include "dataplane/config/compile_header_mutation.h"
#include "dataplane/config/implemented_fields.h"
#include "dataplane/http/head.h"
#include "dataplane/http/method.h"

namespace sluice::config {
namespace {

using envoy::config::cluster::v3::Cluster;
using envoy::config::cluster::v3::OutlierDetection;
using envoy::config::core::v3::HealthCheck;
using envoy::config::core::v3::RequestMethod;
using upstream::Ejection;
using upstream::HealthCheckSpec;
using upstream::HttpCheckSpec;
using upstream::OutlierSpec;
using upstream::StatusRange;
using upstream::TcpCheckSpec;

constexpr base::Duration kShortest = std::chrono::milliseconds(1);

template <typename Wrapper>
void Take(bool present, const Wrapper& from, uint32_t& out) {
  if (present) out = from.value();
}

std::vector<StatusRange> CompileStatuses(
    const google::protobuf::RepeatedPtrField<envoy::type::v3::Int64Range>& from,
    const std::string& path, ErrorList& errors) {
  std::vector<StatusRange> ranges;
  for (int i = 0; i < from.size(); ++i) {
    const StatusRange range{from[i].start(), from[i].end()};
    const bool good = range.begin >= 100 && range.begin < range.end && range.end <= 600;
    if (!good) errors.Add(IndexPath(path, i), "must be a part of [100, 600)");
    ranges.push_back(range);
  }
  return ranges;
}

// Fields of the request: ours, then what the configuration makes of them.
void CompileFields(const HealthCheck::HttpHealthCheck& from, const std::string& path,
                   HttpCheckSpec& spec, ErrorList& errors) {
  route::FieldMutation mutation;
  CompileFieldMutation(from.request_headers_to_add(), from.request_headers_to_remove(), "request",
                       path, mutation, errors);
  buffer::BlockPool pool;
  buffer::Arena arena(pool);
  http::Head head(arena);
  head.Append("user-agent", "sluice-health-check/1");
  mutation.Apply(head);
  for (uint32_t i = 0; i < head.size(); ++i) {
    const http::Field& field = head.at(i);
    if (!field.removed()) spec.fields.emplace_back(field.name(), field.value());
  }
}

void CompileHttp(const HealthCheck::HttpHealthCheck& from, const std::string& path,
                 HttpCheckSpec& spec, ErrorList& errors) {
  RefuseAllBut(from,
               {"host", "path", "request_headers_to_add", "request_headers_to_remove",
                "expected_statuses", "retriable_statuses", "method", "codec_client_type"},
               path, errors);
  spec.host = from.host();
  spec.path = from.path();
  if (!spec.path.starts_with('/')) errors.Add(JoinPath(path, "path"), "must begin with '/'");
  if (from.method() != RequestMethod::METHOD_UNSPECIFIED) {
    spec.method_text = RequestMethod_Name(from.method());
    spec.method = http::LookupMethod(spec.method_text);
    if (spec.method == http::Method::kConnect) {
      errors.Add(JoinPath(path, "method"), "CONNECT is no check");
    }
  }
  switch (from.codec_client_type()) {
    case envoy::type::v3::HTTP1: break;
    case envoy::type::v3::HTTP2: spec.http2 = true; break;
    default: errors.Add(JoinPath(path, "codec_client_type"), "HTTP3: not implemented yet");
  }
  if (from.expected_statuses_size() > 0) {
    spec.expected =
        CompileStatuses(from.expected_statuses(), JoinPath(path, "expected_statuses"), errors);
  }
  spec.retriable =
      CompileStatuses(from.retriable_statuses(), JoinPath(path, "retriable_statuses"), errors);
  CompileFields(from, path, spec, errors);
}

// `text` is in hexadecimal digits.
std::string CompilePayload(const HealthCheck::Payload& from, const std::string& path,
                           ErrorList& errors) {
  if (from.has_binary()) return from.binary();
  const std::string& hex = from.text();
  const bool good = !hex.empty() && hex.size() % 2 == 0 &&
                    hex.find_first_not_of("0123456789abcdefABCDEF") == std::string::npos;
  if (!good) {
    errors.Add(JoinPath(path, "text"), "must be pairs of hexadecimal digits");
    return "";
  }
  std::string bytes;
  for (size_t i = 0; i < hex.size(); i += 2) {
    bytes += static_cast<char>(std::stoi(hex.substr(i, 2), nullptr, 16));
  }
  return bytes;
}

void CompileTcp(const HealthCheck::TcpHealthCheck& from, const std::string& path,
                TcpCheckSpec& spec, ErrorList& errors) {
  RefuseAllBut(from, {"send", "receive"}, path, errors);
  if (from.has_send()) spec.send = CompilePayload(from.send(), JoinPath(path, "send"), errors);
  for (int i = 0; i < from.receive_size(); ++i) {
    const std::string at = IndexPath(JoinPath(path, "receive"), i);
    spec.receive.push_back(CompilePayload(from.receive(i), at, errors));
  }
}

void CompileIntervals(const HealthCheck& from, const std::string& path, HealthCheckSpec& spec,
                      ErrorList& errors) {
  const auto take = [&](std::string_view name, bool present,
                        const google::protobuf::Duration& value, base::Duration& out,
                        base::Duration shortest) {
    CompileClusterDuration(present, value, JoinPath(path, name), errors, out);
    if (present && out < shortest) errors.Add(JoinPath(path, name), "must be at least 1 ms");
  };
#define SLUICE_TAKE_INTERVAL(name, member) \
  take(#name, from.has_##name(), from.name(), spec.member, kShortest)
#define SLUICE_TAKE_JITTER(name) \
  take(#name, from.has_##name(), from.name(), spec.name, base::Duration::zero())
  SLUICE_TAKE_INTERVAL(timeout, timeout);
  SLUICE_TAKE_INTERVAL(interval, interval);
  spec.unhealthy_interval = spec.healthy_edge_interval = spec.interval;
  SLUICE_TAKE_INTERVAL(unhealthy_interval, unhealthy_interval);
  spec.unhealthy_edge_interval = spec.unhealthy_interval;
  SLUICE_TAKE_INTERVAL(unhealthy_edge_interval, unhealthy_edge_interval);
  SLUICE_TAKE_INTERVAL(healthy_edge_interval, healthy_edge_interval);
  SLUICE_TAKE_INTERVAL(no_traffic_interval, no_traffic_interval);
  spec.no_traffic_healthy_interval = spec.no_traffic_interval;
  SLUICE_TAKE_INTERVAL(no_traffic_healthy_interval, no_traffic_healthy_interval);
  SLUICE_TAKE_JITTER(initial_jitter);
  SLUICE_TAKE_JITTER(interval_jitter);
#undef SLUICE_TAKE_INTERVAL
#undef SLUICE_TAKE_JITTER
  spec.interval_jitter_percent = std::min(from.interval_jitter_percent(), 100u);
  if (!from.has_timeout()) errors.Add(JoinPath(path, "timeout"), "is required");
  if (!from.has_interval()) errors.Add(JoinPath(path, "interval"), "is required");
}

void CompileThresholds(const HealthCheck& from, const std::string& path, HealthCheckSpec& spec,
                       ErrorList& errors) {
  const auto take = [&](std::string_view name, bool present, uint32_t value, uint32_t& out) {
    out = value;
    if (!present || value == 0) errors.Add(JoinPath(path, name), "must be at least 1");
  };
  take("unhealthy_threshold", from.has_unhealthy_threshold(), from.unhealthy_threshold().value(),
       spec.unhealthy_threshold);
  take("healthy_threshold", from.has_healthy_threshold(), from.healthy_threshold().value(),
       spec.healthy_threshold);
}

HealthCheckSpec CompileCheck(const HealthCheck& from, const std::string& path, ErrorList& errors) {
  HealthCheckSpec spec;
  RefuseAllBut(from,
               {"timeout", "interval", "initial_jitter", "interval_jitter",
                "interval_jitter_percent", "unhealthy_threshold", "healthy_threshold", "alt_port",
                "reuse_connection", "http_health_check", "tcp_health_check", "no_traffic_interval",
                "no_traffic_healthy_interval", "unhealthy_interval", "unhealthy_edge_interval",
                "healthy_edge_interval", "event_log_path", "always_log_health_check_failures",
                "always_log_health_check_success"},
               path, errors);
  CompileIntervals(from, path, spec, errors);
  CompileThresholds(from, path, spec, errors);
  spec.event_log_path = from.event_log_path();
  spec.log_every_failure = from.always_log_health_check_failures();
  spec.log_every_success = from.always_log_health_check_success();
  if (from.has_reuse_connection()) spec.reuse_connection = from.reuse_connection().value();
  if (from.alt_port().value() > 65535) errors.Add(JoinPath(path, "alt_port"), "must be a port");
  spec.alt_port = static_cast<uint16_t>(from.alt_port().value());
  if (from.has_http_health_check()) {
    HttpCheckSpec http;
    CompileHttp(from.http_health_check(), JoinPath(path, "http_health_check"), http, errors);
    spec.check = std::move(http);
  } else if (from.has_tcp_health_check()) {
    TcpCheckSpec tcp;
    CompileTcp(from.tcp_health_check(), JoinPath(path, "tcp_health_check"), tcp, errors);
    spec.check = std::move(tcp);
  } else if (from.health_checker_case() == HealthCheck::HEALTH_CHECKER_NOT_SET) {
    errors.Add(path, "http_health_check or tcp_health_check is required");
  }
  return spec;
}

void CompileEnforcing(const OutlierDetection& from, OutlierSpec& spec) {
  const auto take = [&spec](bool present, const auto& value, Ejection type) {
    Take(present, value, spec.enforcing[static_cast<size_t>(type)]);
  };
#define SLUICE_TAKE_ENFORCING(name, type) take(from.has_##name(), from.name(), Ejection::type)
  SLUICE_TAKE_ENFORCING(enforcing_consecutive_5xx, kConsecutive5xx);
  SLUICE_TAKE_ENFORCING(enforcing_consecutive_gateway_failure, kConsecutiveGateway);
  SLUICE_TAKE_ENFORCING(enforcing_consecutive_local_origin_failure, kConsecutiveLocal);
  SLUICE_TAKE_ENFORCING(enforcing_success_rate, kSuccessRate);
  SLUICE_TAKE_ENFORCING(enforcing_local_origin_success_rate, kLocalSuccessRate);
  SLUICE_TAKE_ENFORCING(enforcing_failure_percentage, kFailurePercentage);
  SLUICE_TAKE_ENFORCING(enforcing_failure_percentage_local_origin, kLocalFailurePercentage);
#undef SLUICE_TAKE_ENFORCING
}

void CompileEjectionTimes(const OutlierDetection& from, const std::string& path, OutlierSpec& spec,
                          ErrorList& errors) {
  CompileClusterDuration(from.has_interval(), from.interval(), JoinPath(path, "interval"), errors,
                         spec.interval);
  if (spec.interval < kShortest) errors.Add(JoinPath(path, "interval"), "must be at least 1 ms");
  CompileClusterDuration(from.has_base_ejection_time(), from.base_ejection_time(),
                         JoinPath(path, "base_ejection_time"), errors, spec.base_ejection_time);
  CompileClusterDuration(from.has_max_ejection_time(), from.max_ejection_time(),
                         JoinPath(path, "max_ejection_time"), errors, spec.max_ejection_time);
  CompileClusterDuration(from.has_max_ejection_time_jitter(), from.max_ejection_time_jitter(),
                         JoinPath(path, "max_ejection_time_jitter"), errors,
                         spec.max_ejection_jitter);
}

OutlierSpec CompileOutlier(const OutlierDetection& from, const std::string& path,
                           ErrorList& errors) {
  OutlierSpec spec;
  CompileEjectionTimes(from, path, spec, errors);
  CompileEnforcing(from, spec);
#define SLUICE_TAKE(name, member) Take(from.has_##name(), from.name(), spec.member)
  SLUICE_TAKE(consecutive_5xx, consecutive_5xx);
  SLUICE_TAKE(consecutive_gateway_failure, consecutive_gateway);
  SLUICE_TAKE(consecutive_local_origin_failure, consecutive_local);
  SLUICE_TAKE(max_ejection_percent, max_ejection_percent);
  SLUICE_TAKE(success_rate_minimum_hosts, success_rate_hosts);
  SLUICE_TAKE(success_rate_request_volume, success_rate_volume);
  SLUICE_TAKE(failure_percentage_threshold, failure_percentage);
  SLUICE_TAKE(failure_percentage_minimum_hosts, failure_percentage_hosts);
  SLUICE_TAKE(failure_percentage_request_volume, failure_percentage_volume);
#undef SLUICE_TAKE
  uint32_t thousandths = 1900;
  Take(from.has_success_rate_stdev_factor(), from.success_rate_stdev_factor(), thousandths);
  spec.success_rate_stdevs = thousandths / 1000.0;
  spec.split_local = from.split_external_local_origin_errors();
  spec.always_eject_one = from.always_eject_one_host().value();
  if (from.has_successful_active_health_check_uneject_host()) {
    spec.uneject_on_check = from.successful_active_health_check_uneject_host().value();
  }
  return spec;
}

}  // namespace

void CompileHealth(const Cluster& cluster, const std::string& path, upstream::ClusterSpec& spec,
                   ErrorList& errors) {
  for (int i = 0; i < cluster.health_checks_size(); ++i) {
    const std::string at = IndexPath(JoinPath(path, "health_checks"), i);
    if (i > 0) errors.Add(at, "a second health check: not implemented yet");
    HealthCheckSpec check = CompileCheck(cluster.health_checks(i), at, errors);
    if (i == 0) spec.check = std::move(check);
  }
  if (cluster.has_outlier_detection()) {
    spec.outlier =
        CompileOutlier(cluster.outlier_detection(), JoinPath(path, "outlier_detection"), errors);
  }
}

upstream::EndpointCheck CompileEndpointCheck(const envoy::config::endpoint::v3::Endpoint& endpoint,
                                             const std::string& path, ErrorList& errors) {
  upstream::EndpointCheck check;
  if (!endpoint.has_health_check_config()) return check;
  const std::string at = JoinPath(path, "health_check_config");
  const auto& from = endpoint.health_check_config();
  RefuseAllBut(from, {"port_value", "hostname", "disable_active_health_check"}, at, errors);
  if (from.port_value() > 65535) errors.Add(JoinPath(at, "port_value"), "must be a port");
  check.port = static_cast<uint16_t>(from.port_value());
  check.hostname = from.hostname();
  check.disabled = from.disable_active_health_check();
  return check;
}

}  // namespace sluice::config
