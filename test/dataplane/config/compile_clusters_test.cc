#include "dataplane/config/compile_clusters.h"

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
using testing::UnorderedElementsAre;
using upstream::Discovery;
using upstream::Protocol;

CompiledCluster Compiled(const std::string& text) {
  ErrorList errors;
  auto cluster = CompileCluster(FromText<Cluster>("name: 'c' " + text), "", errors);
  EXPECT_THAT(Lines(errors), IsEmpty()) << text;
  return cluster.value_or(CompiledCluster{});
}

std::vector<std::string> Errors(const std::string& text) {
  ErrorList errors;
  EXPECT_FALSE(CompileCluster(FromText<Cluster>(text), "c", errors).has_value()) << text;
  return Lines(errors);
}

std::string At(const std::string& address, const std::string& more = "") {
  return "lb_endpoints { endpoint { address { socket_address { address: '" + address +
         "' port_value: 80 } } } " + more + " }";
}

std::string Options(const std::string& text) {
  return "typed_extension_protocol_options { key: "
         "'envoy.extensions.upstreams.http.v3.HttpProtocolOptions' value { "
         "[type.googleapis.com/envoy.extensions.upstreams.http.v3.HttpProtocolOptions] { " +
         text + " } } }";
}

TEST(CompileClusters, DefaultsAreEnvoys) {
  const auto spec = Compiled("").spec;
  EXPECT_EQ(spec->name, "c");
  EXPECT_EQ(spec->discovery, Discovery::kStatic);
  EXPECT_EQ(spec->protocol, Protocol::kHttp1);
  EXPECT_EQ(spec->balancing, balance::Balancing());
  EXPECT_EQ(spec->connect_timeout, seconds(5));
  EXPECT_EQ(spec->breaker.max_connections, 1024u);
  EXPECT_EQ(spec->breaker.max_pending_requests, 1024u);
  EXPECT_EQ(spec->breaker.max_requests, 1024u);
  EXPECT_EQ(spec->breaker.max_retries, 3u);
  EXPECT_EQ(spec->dns_refresh_rate, seconds(5));
  EXPECT_EQ(spec->idle_timeout, seconds(55)) << "ours: below the servers' own";
}

TEST(CompileClusters, TakesStaticEndpointsWithWeightHealthPriorityAndLocality) {
  const auto cluster = Compiled("load_assignment { endpoints { " +
                                At("10.0.0.1", "load_balancing_weight { value: 7 }") +
                                At("::1", "health_status: DRAINING") +
                                "} endpoints { priority: 1 load_balancing_weight { value: 3 } " +
                                At("10.0.0.2", "health_status: DEGRADED") + "} }");
  const auto& endpoints = cluster.endpoints.endpoints;
  ASSERT_EQ(endpoints.size(), 3u);
  EXPECT_EQ(endpoints[0].address.ToString(), "10.0.0.1:80");
  EXPECT_EQ(endpoints[0].weight, 7u);
  EXPECT_EQ(endpoints[1].address.ToString(), "[::1]:80");
  EXPECT_EQ(endpoints[1].health, balance::Health::kUnhealthy);
  EXPECT_EQ(endpoints[2].priority, 1u);
  EXPECT_EQ(endpoints[2].locality, 1u);
  EXPECT_EQ(endpoints[2].health, balance::Health::kDegraded);
  EXPECT_THAT(cluster.endpoints.locality_weights, ElementsAre(0, 3));
}

TEST(CompileClusters, TakesNamesForStrictDns) {
  const auto cluster = Compiled(
      "type: STRICT_DNS dns_lookup_family: V4_ONLY respect_dns_ttl: true dns_refresh_rate { "
      "seconds: 60 } "
      "dns_failure_refresh_rate { base_interval { seconds: 1 } } "
      "load_assignment { endpoints { " +
      At("backend.example") + "} }");
  const auto& spec = *cluster.spec;
  ASSERT_EQ(spec.dns_targets.size(), 1u);
  EXPECT_EQ(spec.dns_targets[0].name, "backend.example");
  EXPECT_EQ(spec.dns_targets[0].port, 80);
  EXPECT_EQ(spec.dns_targets[0].like.hostname, "backend.example");
  EXPECT_EQ(spec.dns_family, net::DnsFamily::kV4Only);
  EXPECT_TRUE(spec.respect_dns_ttl);
  EXPECT_EQ(spec.dns_refresh_rate, seconds(60));
  EXPECT_EQ(spec.dns_failure_base, seconds(1));
  EXPECT_EQ(spec.dns_failure_max, seconds(10));
  EXPECT_THAT(cluster.endpoints.endpoints, IsEmpty());
}

TEST(CompileClusters, AsksEdsByServiceNameOrClusterName) {
  const std::string eds =
      "type: EDS eds_cluster_config { eds_config { ads {} resource_api_version: V3 } ";
  EXPECT_EQ(Compiled(eds + "}").spec->eds_service_name, "c");
  EXPECT_EQ(Compiled(eds + "service_name: 's' }").spec->eds_service_name, "s");
}

TEST(CompileClusters, TakesProtocolOptions) {
  const auto http2 = Compiled(Options(
      "explicit_http_config { http2_protocol_options { max_concurrent_streams { value: 7 } } } "
      "common_http_protocol_options { idle_timeout { seconds: 9 } max_requests_per_connection { "
      "value: 5 } }"));
  EXPECT_EQ(http2.spec->protocol, Protocol::kHttp2);
  EXPECT_EQ(http2.spec->max_concurrent_streams, 7u);
  EXPECT_EQ(http2.spec->idle_timeout, seconds(9));
  EXPECT_EQ(http2.spec->max_requests_per_connection, 5u);
  EXPECT_EQ(Compiled(Options("explicit_http_config { http_protocol_options {} }")).spec->protocol,
            Protocol::kHttp1);
  EXPECT_EQ(Compiled("http2_protocol_options {}").spec->protocol, Protocol::kHttp2);
  const auto keepalive = Compiled(
      "http2_protocol_options { connection_keepalive { interval { seconds: 30 } "
      "timeout { seconds: 5 } } }");
  EXPECT_EQ(keepalive.spec->keepalive.interval, seconds(30));
  EXPECT_EQ(keepalive.spec->keepalive.timeout, seconds(5));
}

TEST(CompileClusters, TakesLimitsAndBalancing) {
  const auto spec = Compiled(
                        "connect_timeout { nanos: 250000000 } lb_policy: RANDOM "
                        "common_lb_config { locality_weighted_lb_config {} } "
                        "circuit_breakers { thresholds { max_connections { value: 1 } "
                        "max_pending_requests { value: 2 } "
                        "max_requests { value: 4294967295 } max_retries { value: 4 } } } "
                        "per_connection_buffer_limit_bytes { value: 32768 }")
                        .spec;
  EXPECT_EQ(spec->connect_timeout, milliseconds(250));
  EXPECT_EQ(spec->balancing.policy, balance::PolicyKind::kRandom);
  EXPECT_TRUE(spec->balancing.locality_weighted);
  EXPECT_EQ(spec->breaker.max_connections, 1u);
  EXPECT_EQ(spec->breaker.max_pending_requests, 2u);
  EXPECT_EQ(spec->breaker.max_requests, upstream::BreakerLimits::kUnlimited);
  EXPECT_EQ(spec->breaker.max_retries, 4u);
}

TEST(CompileClusters, ReportsEveryErrorWithItsPath) {
  EXPECT_THAT(
      Errors("type: LOGICAL_DNS lb_policy: CLUSTER_PROVIDED connect_timeout {} "
             "circuit_breakers { thresholds { priority: HIGH } "
             "per_host_thresholds { max_pending_requests { value: 1 } } }"),
      UnorderedElementsAre(
          "c.name: must not be empty", "c.type: LOGICAL_DNS: not implemented yet",
          "c.lb_policy: CLUSTER_PROVIDED: not implemented yet", "c.connect_timeout: must be > 0",
          "c.circuit_breakers.thresholds[0].priority: HIGH: not implemented yet",
          "c.circuit_breakers.per_host_thresholds[0].max_pending_requests: not implemented yet"));
}

TEST(CompileClusters, AUnixSocketIsAnEndpoint) {
  const auto compiled = Compiled(
      "load_assignment { cluster_name: 'c' endpoints { lb_endpoints { "
      "endpoint { address { pipe { path: '/run/s' } } } } } }");
  ASSERT_EQ(compiled.endpoints.endpoints.size(), 1u);
  EXPECT_EQ(compiled.endpoints.endpoints[0].address.ToString(), "unix:/run/s");
}

TEST(CompileClusters, ReportsEveryBadEndpoint) {
  EXPECT_THAT(
      Errors("name: 'c' load_assignment { endpoints { " + At("backend.example") +
             "lb_endpoints { endpoint { address { pipe { path: 's' mode: 1 } } } } "
             "lb_endpoints { endpoint_name: 'n' } "
             "lb_endpoints { endpoint { address { socket_address { address: '1.2.3.4' } } } } "
             "proximity { value: 1 } } policy { endpoint_stale_after { seconds: 1 } } }"),
      UnorderedElementsAre(
          "c.load_assignment.endpoints[0].lb_endpoints[0].endpoint.address.socket_address.address: "
          "'backend.example' is not an IP address (names need type STRICT_DNS)",
          "c.load_assignment.endpoints[0].lb_endpoints[1].endpoint.address.pipe.mode: not implemented yet",
          "c.load_assignment.endpoints[0].lb_endpoints[1].endpoint.address.pipe.path: "
          "'s' is not an absolute path or @name of at most 107 bytes",
          "c.load_assignment.endpoints[0].lb_endpoints[2].endpoint_name: not implemented yet",
          "c.load_assignment.endpoints[0].lb_endpoints[3].endpoint.address.socket_address.port_"
          "value: "
          "must be from 1 to 65535",
          "c.load_assignment.endpoints[0].proximity: not implemented yet",
          "c.load_assignment.policy.endpoint_stale_after: not implemented yet"));
}

TEST(CompileClusters, RefusesProtocolOptionsThatDoNotWorkYet) {
  const std::string at =
      "c.typed_extension_protocol_options[\"envoy.extensions.upstreams.http.v3."
      "HttpProtocolOptions\"]";
  EXPECT_THAT(Errors("name: 'c' " + Options("auto_config {} common_http_protocol_options { "
                                            "max_stream_duration { seconds: 1 } }")),
              UnorderedElementsAre(at + ".auto_config: not implemented yet",
                                   at + ".common_http_protocol_options.max_stream_duration: "
                                        "not implemented yet"));
  EXPECT_THAT(Errors("name: 'c' " + Options("")),
              ElementsAre(at + ".explicit_http_config: http_protocol_options or "
                               "http2_protocol_options is required"));
  EXPECT_THAT(
      Errors("name: 'c' typed_extension_protocol_options { key: 'x' value { type_url: 'y' } }"),
      ElementsAre("c.typed_extension_protocol_options[\"x\"]: 'y': not implemented yet"));
}

TEST(CompileClusters, RefusesEndpointsWhereTheyDoNotBelong) {
  EXPECT_THAT(Errors("name: 'c' type: EDS load_assignment {}"),
              ElementsAre("c.eds_cluster_config.eds_config: is required for type EDS"));
  EXPECT_THAT(Errors("name: 'c' eds_cluster_config {}"),
              ElementsAre("c.eds_cluster_config: is for clusters of type EDS"));
}

}  // namespace
}  // namespace sluice::config
