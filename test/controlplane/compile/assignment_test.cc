#include "controlplane/compile/assignment.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <vector>

#include "api/check/check_resources.h"

namespace sluice::compile {
namespace {

using envoy::config::endpoint::v3::ClusterLoadAssignment;
using sluice::v1::Endpoint;
using sluice::v1::Service;

std::vector<Endpoint> Endpoints(const std::vector<std::pair<std::string, int>>& zones) {
  std::vector<Endpoint> endpoints;
  for (const auto& [zone, count] : zones) {
    for (int i = 0; i < count; ++i) {
      Endpoint& endpoint = endpoints.emplace_back();
      endpoint.set_address(fmt::format("10.0.0.{}", endpoints.size()));
      endpoint.set_port(80);
      endpoint.set_zone(zone);
    }
  }
  return endpoints;
}

// "zone/priority=weight" in order.
std::string Shape(const Assignment& assignment) {
  ClusterLoadAssignment message;
  EXPECT_TRUE(message.ParseFromString(assignment.resource->bytes));
  api::ErrorList errors;
  api::CheckClusterLoadAssignment(message, errors);
  EXPECT_TRUE(errors.empty()) << errors.ToStatus();
  std::string text;
  for (const auto& locality : message.endpoints()) {
    text += fmt::format("{}/{}={} ", locality.locality().zone(), locality.priority(),
                        locality.load_balancing_weight().value());
  }
  return text;
}

Assignment Compile(const std::vector<Endpoint>& endpoints, const ZoneView& view,
                   Service::Zones zones = Service::PREFER_OWN) {
  Service service;
  service.set_zones(zones);
  return CompileAssignment("shop/s", service, endpoints, view);
}

TEST(AssignmentTest, AZoneWithEnoughKeepsAllAndHasTheOthersBehind) {
  const Assignment result = Compile(Endpoints({{"a", 2}, {"b", 2}}), {"a", {{"a", 1}, {"b", 1}}, {}});
  EXPECT_EQ(Shape(result), "a/0=10000 b/1=10000 ");
  EXPECT_EQ(result.own_share, 1);
}

TEST(AssignmentTest, WhatAZoneCannotCarryGoesWhereEndpointsAreToSpare) {
  // a has half of the proxies and a quarter of the endpoints; only c has more than it needs.
  const ZoneView view{"a", {{"a", 2}, {"b", 1}, {"c", 1}}, {}};
  EXPECT_EQ(Shape(Compile(Endpoints({{"a", 2}, {"b", 2}, {"c", 4}}), view)), "a/0=5000 c/0=5000 b/1=10000 ");
}

TEST(AssignmentTest, EveryEndpointGetsTheSameInTheEnd) {
  const std::map<std::string, uint32_t> proxies = {{"a", 5}, {"b", 3}, {"c", 2}};
  const auto endpoints = Endpoints({{"a", 2}, {"b", 4}, {"c", 6}, {"d", 3}});
  std::map<std::string, double> load;
  for (const auto& [own, count] : proxies) {
    ClusterLoadAssignment message;
    ASSERT_TRUE(message.ParseFromString(Compile(endpoints, {own, proxies, {}}).resource->bytes));
    for (const auto& locality : message.endpoints()) {
      if (locality.priority() != 0) continue;
      load[locality.locality().zone()] += count * locality.load_balancing_weight().value() / 10000.0 /
                                          locality.lb_endpoints_size();
    }
  }
  for (const auto& [zone, each] : load) EXPECT_NEAR(each, 10.0 / 15, 0.01) << zone;
}

TEST(AssignmentTest, SmallChangesKeepTheShare) {
  const auto endpoints = Endpoints({{"a", 5}, {"b", 5}});
  const ZoneView view{"a", {{"a", 10}, {"b", 9}}, {}};
  const Assignment fresh = Compile(endpoints, view);
  EXPECT_LT(fresh.own_share, 1);
  ZoneView again = view;
  again.previous_own_share = 1;
  EXPECT_EQ(Compile(endpoints, again).own_share, 1);
  again.proxies["a"] = 30;
  EXPECT_LT(Compile(endpoints, again).own_share, 0.7);
}

TEST(AssignmentTest, AZoneWithoutEndpointsSpillsAll) {
  const Assignment result = Compile(Endpoints({{"b", 1}, {"c", 3}}), {"a", {{"a", 1}}, {}});
  EXPECT_EQ(Shape(result), "b/0=2500 c/0=7500 ");
  EXPECT_EQ(result.own_share, 0);
}

TEST(AssignmentTest, StrictZonesArePriorities) {
  const auto endpoints = Endpoints({{"a", 1}, {"b", 1}, {"c", 3}});
  EXPECT_EQ(Shape(Compile(endpoints, {"a", {{"a", 9}, {"b", 1}}, {}}, Service::STRICT)),
            "a/0=10000 b/1=2500 c/1=7500 ");
  EXPECT_EQ(Shape(Compile(Endpoints({{"b", 1}}), {"a", {}, {}}, Service::STRICT)), "b/0=10000 ");
}

TEST(AssignmentTest, IgnoredOrUnknownZonesAreFlat) {
  const auto endpoints = Endpoints({{"a", 1}, {"b", 1}});
  EXPECT_EQ(Shape(Compile(endpoints, {"a", {{"a", 1}}, {}}, Service::IGNORE)), "/0=10000 ");
  EXPECT_EQ(Shape(Compile(endpoints, {"", {}, {}})), "/0=10000 ");
  EXPECT_EQ(Shape(Compile({}, {"a", {}, {}})), "");
}

TEST(AssignmentTest, OrderDoesNotMatterAndWeightsAreKept) {
  auto endpoints = Endpoints({{"a", 2}, {"b", 2}});
  endpoints[0].set_weight(3);
  const ZoneView view{"a", {{"a", 1}, {"b", 1}}, {}};
  const std::string bytes = Compile(endpoints, view).resource->bytes;
  std::reverse(endpoints.begin(), endpoints.end());
  EXPECT_EQ(Compile(endpoints, view).resource->bytes, bytes);
  ClusterLoadAssignment message;
  ASSERT_TRUE(message.ParseFromString(bytes));
  EXPECT_EQ(message.endpoints(0).lb_endpoints(0).load_balancing_weight().value(), 3u);
}

}  // namespace
}  // namespace sluice::compile
