#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "envoy/config/cluster/v3/circuit_breaker.pb.h"
#include "envoy/config/cluster/v3/cluster.pb.h"
#include "envoy/config/endpoint/v3/endpoint.pb.h"
#include "test/api/check/errors_of.h"

namespace sluice::api {
namespace {

using envoy::config::cluster::v3::CircuitBreakers;
using envoy::config::cluster::v3::Cluster;
using envoy::config::endpoint::v3::ClusterLoadAssignment;
using testing::ElementsAre;

std::string Endpoint(const std::string& address, const std::string& more = "") {
  return "lb_endpoints { endpoint { address { socket_address { address: '" + address +
         "' port_value: 80 } } } " + more + "} ";
}

std::string Endpoints(const std::string& content) { return "endpoints { " + content + "} "; }

std::vector<std::string> AssignmentErrors(const std::string& text) {
  return ErrorsOf<ClusterLoadAssignment>("cluster_name: 'c' " + text);
}

std::vector<std::string> ClusterErrors(const std::string& text) {
  return ErrorsOf<Cluster>("name: 'c' " + text);
}

std::string Load(const std::string& content) {
  return "load_assignment { cluster_name: 'c' " + content + "} ";
}

TEST(ClusterRules, EndpointsComeFromEdsOrFromTheClusterItself) {
  EXPECT_THAT(ClusterErrors("type: EDS eds_cluster_config { eds_config { ads {} } }"),
              ElementsAre());
  EXPECT_THAT(ClusterErrors("type: EDS " + Load("")),
              ElementsAre("m.eds_cluster_config.eds_config: is required for an EDS cluster",
                          "m.load_assignment: an EDS cluster gets its endpoints from "
                          "eds_cluster_config"));
  EXPECT_THAT(ClusterErrors("type: STRICT_DNS eds_cluster_config { eds_config { ads {} } }"),
              ElementsAre("m.eds_cluster_config: needs the type EDS",
                          "m.load_assignment: is required for a cluster of type STRICT_DNS"));
  EXPECT_THAT(ClusterErrors("type: ORIGINAL_DST"), ElementsAre());
}

TEST(ClusterRules, StaticEndpointsAreAddressesAndDnsEndpointsMayBeNames) {
  const std::string load = Load(Endpoints(Endpoint("10.0.0.1") + Endpoint("backend")));
  EXPECT_THAT(ClusterErrors("type: STRICT_DNS " + load), ElementsAre());
  EXPECT_THAT(ClusterErrors(load),
              ElementsAre("m.load_assignment.endpoints[0].lb_endpoints[1].endpoint.address."
                          "socket_address.address: is no IP address; names need a DNS cluster"));
}

TEST(ClusterRules, LogicalDnsHasOneEndpoint) {
  EXPECT_THAT(ClusterErrors("type: LOGICAL_DNS " + Load(Endpoints(Endpoint("a")))), ElementsAre());
  EXPECT_THAT(
      ClusterErrors("type: LOGICAL_DNS " + Load(Endpoints(Endpoint("a") + Endpoint("b")))),
      ElementsAre("m.load_assignment.endpoints: a LOGICAL_DNS cluster has one locality with one "
                  "endpoint"));
}

TEST(ClusterRules, IntervalsAndThresholdsFitTogether) {
  EXPECT_THAT(ClusterErrors(Load("") + "dns_failure_refresh_rate { base_interval { seconds: 2 } "
                                       "max_interval { seconds: 1 } }"),
              ElementsAre("m.dns_failure_refresh_rate.max_interval: is less than base_interval"));
  EXPECT_THAT(
      ErrorsOf<CircuitBreakers>("thresholds {} thresholds { priority: HIGH } thresholds {}"),
      ElementsAre("m.thresholds[2].priority: is that of thresholds[0] too"));
}

TEST(ClusterRules, PrioritiesHaveNoGap) {
  EXPECT_THAT(AssignmentErrors(Endpoints("priority: 1") + Endpoints("") + Endpoints("priority: 2")),
              ElementsAre());
  EXPECT_THAT(AssignmentErrors(Endpoints("") + Endpoints("priority: 3") + Endpoints("priority: 9")),
              ElementsAre("m.endpoints[1].priority: is 3, but no endpoints have priority 1"));
  EXPECT_THAT(AssignmentErrors(Endpoints("priority: 1")),
              ElementsAre("m.endpoints[0].priority: is 1, but no endpoints have priority 0"));
}

TEST(ClusterRules, WeightsAddUpToAtMost32Bits) {
  const std::string most = "load_balancing_weight { value: 4294967295 } ";
  const std::string one = "load_balancing_weight { value: 1 } ";
  EXPECT_THAT(AssignmentErrors(Endpoints(Endpoint("::1", most)) + Endpoints(most)), ElementsAre());
  EXPECT_THAT(AssignmentErrors(Endpoints(Endpoint("::1", most) + Endpoint("::2", one))),
              ElementsAre("m.endpoints[0].lb_endpoints: the weights must add up to at most "
                          "4294967295, they add up to 4294967296"));
  EXPECT_THAT(AssignmentErrors(Endpoints(most) + Endpoints(one) + Endpoints("priority: 1 " + most)),
              ElementsAre("m.endpoints: the weights of priority 0 must add up to at most "
                          "4294967295, they add up to 4294967296"));
}

TEST(ClusterRules, EveryEndpointHasAnAddress) {
  EXPECT_THAT(AssignmentErrors(Endpoints("lb_endpoints {} lb_endpoints { endpoint {} } "
                                         "lb_endpoints { endpoint_name: 'x' }") +
                               "named_endpoints { key: 'y' value {} }"),
              ElementsAre("m.endpoints[0].lb_endpoints[0].endpoint: is required",
                          "m.endpoints[0].lb_endpoints[1].endpoint.address: is required",
                          "m.endpoints[0].lb_endpoints[2].endpoint_name: \"x\" is not in "
                          "named_endpoints",
                          "m.named_endpoints[\"y\"].address: is required"));
}

}  // namespace
}  // namespace sluice::api
