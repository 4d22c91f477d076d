#include "dataplane/config/compile_health.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "test/dataplane/config/route_text.h"

namespace sluice::config {
namespace {

using envoy::config::cluster::v3::Cluster;
using std::chrono::milliseconds;
using std::chrono::seconds;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::Pair;
using testing::UnorderedElementsAre;
using upstream::HttpCheckSpec;
using upstream::TcpCheckSpec;

constexpr char kNeeded[] =
    "timeout { seconds: 2 } interval { seconds: 5 } unhealthy_threshold { value: 3 } "
    "healthy_threshold { value: 2 } ";

upstream::ClusterSpec Compiled(const std::string& text) {
  ErrorList errors;
  upstream::ClusterSpec spec;
  CompileHealth(FromText<Cluster>(text), "c", spec, errors);
  EXPECT_THAT(Lines(errors), IsEmpty()) << text;
  return spec;
}

std::vector<std::string> Errors(const std::string& text) {
  ErrorList errors;
  upstream::ClusterSpec spec;
  CompileHealth(FromText<Cluster>(text), "c", spec, errors);
  return Lines(errors);
}

upstream::HealthCheckSpec Check(const std::string& text) {
  return Compiled("health_checks { " + std::string(kNeeded) + text + " }").check.value();
}

TEST(CompileHealthTest, NothingIsWatchedUnlessAsked) {
  const upstream::ClusterSpec spec = Compiled("");
  EXPECT_FALSE(spec.check);
  EXPECT_FALSE(spec.outlier);
}

TEST(CompileHealthTest, IntervalsFallBackAsInEnvoy) {
  const auto check = Check("http_health_check { path: '/h' } unhealthy_interval { seconds: 7 }");
  EXPECT_EQ(check.timeout, seconds(2));
  EXPECT_EQ(check.unhealthy_interval, seconds(7));
  EXPECT_EQ(check.unhealthy_edge_interval, seconds(7));
  EXPECT_EQ(check.healthy_edge_interval, seconds(5));
  EXPECT_EQ(check.no_traffic_interval, seconds(60));
  EXPECT_EQ(check.no_traffic_healthy_interval, seconds(60));
  EXPECT_EQ(check.unhealthy_threshold, 3u);
  EXPECT_EQ(check.healthy_threshold, 2u);
  EXPECT_TRUE(check.reuse_connection);
  EXPECT_EQ(Check("tcp_health_check {} no_traffic_interval { seconds: 9 }")
                .no_traffic_healthy_interval,
            seconds(9));
}

TEST(CompileHealthTest, TakesAnHttpCheckWhole) {
  const auto check = Check(
      "alt_port { value: 8080 } reuse_connection { value: false } initial_jitter { seconds: 1 } "
      "interval_jitter { nanos: 1000000 } interval_jitter_percent: 20 event_log_path: '/log' "
      "always_log_health_check_failures: true "
      "http_health_check { host: 'h' path: '/p' method: HEAD codec_client_type: HTTP2 "
      "expected_statuses { start: 200 end: 300 } retriable_statuses { start: 503 end: 504 } "
      "request_headers_to_add { header { key: 'X-A' value: 'b' } } "
      "request_headers_to_remove: 'user-agent' }");
  const auto& http = std::get<HttpCheckSpec>(check.check);
  EXPECT_EQ(http.host, "h");
  EXPECT_EQ(http.method, http::Method::kHead);
  EXPECT_TRUE(http.http2);
  EXPECT_THAT(http.expected, ElementsAre(upstream::StatusRange{200, 300}));
  EXPECT_THAT(http.retriable, ElementsAre(upstream::StatusRange{503, 504}));
  EXPECT_THAT(http.fields, ElementsAre(Pair("x-a", "b")));
  EXPECT_EQ(check.alt_port, 8080);
  EXPECT_FALSE(check.reuse_connection);
  EXPECT_EQ(check.initial_jitter, seconds(1));
  EXPECT_EQ(check.interval_jitter, milliseconds(1));
  EXPECT_EQ(check.interval_jitter_percent, 20u);
  EXPECT_EQ(check.event_log_path, "/log");
  EXPECT_TRUE(check.log_every_failure);
}

TEST(CompileHealthTest, TcpPayloadsAreHexOrBytes) {
  const auto tcp = std::get<TcpCheckSpec>(
      Check("tcp_health_check { send { text: '50494E47' } receive { binary: 'PO' } "
            "receive { text: '6e67' } }")
          .check);
  EXPECT_EQ(tcp.send, "PING");
  EXPECT_THAT(tcp.receive, ElementsAre("PO", "ng"));
}

TEST(CompileHealthTest, ReportsEveryErrorWithItsPath) {
  const std::string at = "c.health_checks[0]";
  EXPECT_THAT(
      Errors("health_checks { http_health_check { path: 'x' method: CONNECT "
             "codec_client_type: HTTP3 expected_statuses { start: 300 end: 200 } "
             "service_name_matcher { exact: 's' } } alt_port { value: 70000 } tls_options {} }"),
      UnorderedElementsAre(
          at + ".timeout: is required", at + ".interval: is required",
          at + ".unhealthy_threshold: must be at least 1",
          at + ".healthy_threshold: must be at least 1", at + ".alt_port: must be a port",
          at + ".tls_options: not implemented yet",
          at + ".http_health_check.path: must begin with '/'",
          at + ".http_health_check.method: CONNECT is no check",
          at + ".http_health_check.codec_client_type: HTTP3: not implemented yet",
          at + ".http_health_check.expected_statuses[0]: must be a part of [100, 600)",
          at + ".http_health_check.service_name_matcher: not implemented yet"));
}

TEST(CompileHealthTest, OtherKindsOfChecksAreRefusedByName) {
  const std::string needed(kNeeded);
  EXPECT_THAT(Errors("health_checks { " + needed + "grpc_health_check {} }"),
              ElementsAre("c.health_checks[0].grpc_health_check: not implemented yet"));
  EXPECT_THAT(Errors("health_checks { " + needed + "}"),
              ElementsAre("c.health_checks[0]: http_health_check or tcp_health_check is required"));
  EXPECT_THAT(Errors("health_checks { " + needed + "tcp_health_check {} } health_checks { " +
                     needed + "tcp_health_check {} }"),
              ElementsAre("c.health_checks[1]: a second health check: not implemented yet"));
  EXPECT_THAT(
      Errors("health_checks { " + needed + "tcp_health_check { send { text: 'abc' } } }"),
      ElementsAre("c.health_checks[0].tcp_health_check.send.text: must be pairs of hexadecimal "
                  "digits"));
}

TEST(CompileHealthTest, OutlierDefaultsAreEnvoys) {
  EXPECT_EQ(Compiled("outlier_detection {}").outlier, upstream::OutlierSpec());
}

TEST(CompileHealthTest, TakesOutlierDetectionWhole) {
  const auto outlier = *Compiled(
      "outlier_detection { consecutive_5xx { value: 1 } consecutive_gateway_failure { value: 2 } "
      "consecutive_local_origin_failure { value: 3 } split_external_local_origin_errors: true "
      "interval { seconds: 4 } base_ejection_time { seconds: 5 } max_ejection_time { seconds: 6 } "
      "max_ejection_time_jitter { seconds: 7 } max_ejection_percent { value: 8 } "
      "enforcing_consecutive_5xx { value: 9 } enforcing_consecutive_gateway_failure { value: 10 } "
      "enforcing_consecutive_local_origin_failure { value: 11 } "
      "enforcing_success_rate { value: 12 } enforcing_local_origin_success_rate { value: 13 } "
      "enforcing_failure_percentage { value: 14 } "
      "enforcing_failure_percentage_local_origin { value: 15 } "
      "success_rate_minimum_hosts { value: 16 } success_rate_request_volume { value: 17 } "
      "success_rate_stdev_factor { value: 1500 } failure_percentage_threshold { value: 18 } "
      "failure_percentage_minimum_hosts { value: 19 } "
      "failure_percentage_request_volume { value: 20 } always_eject_one_host { value: true } "
      "successful_active_health_check_uneject_host { value: false } }").outlier;
  EXPECT_EQ(outlier.consecutive_5xx, 1u);
  EXPECT_EQ(outlier.consecutive_gateway, 2u);
  EXPECT_EQ(outlier.consecutive_local, 3u);
  EXPECT_TRUE(outlier.split_local);
  EXPECT_EQ(outlier.interval, seconds(4));
  EXPECT_EQ(outlier.base_ejection_time, seconds(5));
  EXPECT_EQ(outlier.max_ejection_time, seconds(6));
  EXPECT_EQ(outlier.max_ejection_jitter, seconds(7));
  EXPECT_EQ(outlier.max_ejection_percent, 8u);
  EXPECT_THAT(outlier.enforcing, ElementsAre(9, 10, 11, 12, 13, 14, 15));
  EXPECT_EQ(outlier.success_rate_hosts, 16u);
  EXPECT_EQ(outlier.success_rate_volume, 17u);
  EXPECT_DOUBLE_EQ(outlier.success_rate_stdevs, 1.5);
  EXPECT_EQ(outlier.failure_percentage, 18u);
  EXPECT_EQ(outlier.failure_percentage_hosts, 19u);
  EXPECT_EQ(outlier.failure_percentage_volume, 20u);
  EXPECT_TRUE(outlier.always_eject_one);
  EXPECT_FALSE(outlier.uneject_on_check);
}

TEST(CompileHealthTest, AnEndpointSaysHowItWantsToBeChecked) {
  using envoy::config::endpoint::v3::Endpoint;
  ErrorList errors;
  const auto endpoint = FromText<Endpoint>(
      "health_check_config { port_value: 81 hostname: 'h' disable_active_health_check: true }");
  const upstream::EndpointCheck check = CompileEndpointCheck(endpoint, "e", errors);
  EXPECT_EQ(check, (upstream::EndpointCheck{.hostname = "h", .port = 81, .disabled = true}));
  EXPECT_THAT(Lines(errors), IsEmpty());
  const auto other = FromText<Endpoint>(
      "health_check_config { port_value: 70000 address { pipe { path: '/x' } } }");
  CompileEndpointCheck(other, "e", errors);
  EXPECT_THAT(Lines(errors),
              UnorderedElementsAre("e.health_check_config.port_value: must be a port",
                                   "e.health_check_config.address: not implemented yet"));
}

}  // namespace
}  // namespace sluice::config
