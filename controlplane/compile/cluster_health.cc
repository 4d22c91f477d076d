#include "controlplane/compile/cluster_health.h"

#include <algorithm>

namespace sluice::compile {
namespace {

using envoy::config::cluster::v3::Cluster;
using envoy::config::cluster::v3::OutlierDetection;
using google::protobuf::Duration;
using sluice::v1::Ejection;
using V3Check = envoy::config::core::v3::HealthCheck;

constexpr uint32_t kJitterPercent = 10;  // so that the proxies of a fleet do not ask all at once
constexpr int64_t kMaxTime = 300;        // seconds

uint32_t Or(uint32_t value, uint32_t otherwise) { return value == 0 ? otherwise : value; }

Duration SecondsOr(bool present, const Duration& value, int64_t otherwise) {
  if (present) return value;
  Duration seconds;
  seconds.set_seconds(otherwise);
  return seconds;
}

void SetHttp(const sluice::v1::HttpCheck& from, const std::string& default_host,
             V3Check::HttpHealthCheck& out) {
  out.set_path(from.path().empty() ? "/" : from.path());
  out.set_host(from.host().empty() ? default_host : from.host());
  for (const auto& status : from.statuses()) {
    auto& range = *out.add_expected_statuses();
    range.set_start(status.first());
    range.set_end(std::max(status.first(), status.last()) + 1);  // xDS: not included
  }
}

void SetTcp(const sluice::v1::TcpCheck& from, V3Check::TcpHealthCheck& out) {
  constexpr char kDigits[] = "0123456789abcdef";
  const auto hex = [&](const std::string& bytes) {
    std::string text;
    for (const char c : bytes) {
      text += kDigits[static_cast<unsigned char>(c) >> 4];
      text += kDigits[static_cast<unsigned char>(c) & 15];
    }
    return text;
  };
  if (!from.send().empty()) out.mutable_send()->set_text(hex(from.send()));
  for (const std::string& expected : from.expect()) out.add_receive()->set_text(hex(expected));
}

void SetSuccessRate(const Ejection& from, OutlierDetection& out) {
  out.mutable_enforcing_success_rate()->set_value(from.has_success_rate() ? 100 : 0);
  if (!from.has_success_rate()) return;
  const auto& rate = from.success_rate();
  out.mutable_success_rate_minimum_hosts()->set_value(Or(rate.endpoints(), 5));
  out.mutable_success_rate_request_volume()->set_value(Or(rate.requests(), 100));
  // xDS: in thousandths.
  out.mutable_success_rate_stdev_factor()->set_value(Or(rate.deviation_percent(), 190) * 10);
}

void SetFailureShare(const Ejection& from, OutlierDetection& out) {
  out.mutable_enforcing_failure_percentage()->set_value(from.has_failure_share() ? 100 : 0);
  if (!from.has_failure_share()) return;
  const auto& share = from.failure_share();
  out.mutable_failure_percentage_threshold()->set_value(Or(share.percent(), 85));
  out.mutable_failure_percentage_minimum_hosts()->set_value(Or(share.endpoints(), 5));
  out.mutable_failure_percentage_request_volume()->set_value(Or(share.requests(), 50));
}

}  // namespace

void SetHealthCheck(const sluice::v1::HealthCheck& from, const std::string& default_host,
                    Cluster& cluster) {
  V3Check& out = *cluster.add_health_checks();
  *out.mutable_interval() = SecondsOr(from.has_interval(), from.interval(), 5);
  *out.mutable_timeout() = SecondsOr(from.has_timeout(), from.timeout(), 1);
  // Else a Service without traffic is asked each minute, whatever its interval says.
  *out.mutable_no_traffic_interval() = out.interval();
  out.set_interval_jitter_percent(kJitterPercent);
  out.mutable_healthy_threshold()->set_value(Or(from.healthy_after(), 2));
  out.mutable_unhealthy_threshold()->set_value(Or(from.unhealthy_after(), 3));
  if (from.port() != 0) out.mutable_alt_port()->set_value(from.port());
  if (from.has_http()) SetHttp(from.http(), default_host, *out.mutable_http_health_check());
  if (from.has_tcp()) SetTcp(from.tcp(), *out.mutable_tcp_health_check());
}

void SetEjection(const Ejection& from, Cluster& cluster) {
  OutlierDetection& out = *cluster.mutable_outlier_detection();
  out.mutable_consecutive_5xx()->set_value(Or(from.errors(), 5));
  if (from.gateway_errors() != 0) {
    out.mutable_consecutive_gateway_failure()->set_value(from.gateway_errors());
    out.mutable_enforcing_consecutive_gateway_failure()->set_value(100);
  }
  *out.mutable_interval() = SecondsOr(from.has_interval(), from.interval(), 10);
  *out.mutable_base_ejection_time() = SecondsOr(from.has_time(), from.time(), 30);
  const bool longer = out.base_ejection_time().seconds() >= kMaxTime;
  *out.mutable_max_ejection_time() = from.has_max_time() ? from.max_time()
                                     : longer            ? out.base_ejection_time()
                                                         : SecondsOr(false, {}, kMaxTime);
  out.mutable_max_ejection_percent()->set_value(Or(from.max_percent(), 10));
  // A tenth of three endpoints is none.
  out.mutable_always_eject_one_host()->set_value(true);
  SetSuccessRate(from, out);
  SetFailureShare(from, out);
}

}  // namespace sluice::compile
