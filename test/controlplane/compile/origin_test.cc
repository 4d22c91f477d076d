#include "controlplane/compile/origin.h"

#include <gtest/gtest.h>

#include "controlplane/compile/group.h"
#include "test/controlplane/model/fixtures.h"

namespace sluice::compile {
namespace {

std::string Find(const ResourcePtr& resource, const std::string& path) {
  const auto origin = OriginOf(*resource, path);
  return origin ? model::Display(origin->object) + " " + origin->field_path : "none";
}

TEST(OriginTest, LeadsFromAFieldOfAResourceToTheObject) {
  const auto group = CompiledGroup::Compile(model::ShopConfig(), {{"web"}, "", {}}, nullptr);
  const auto routes = group->resources().routes.at("0.0.0.0:8080");
  EXPECT_EQ(Find(routes, "virtual_hosts[0].routes[0].match.safe_regex.regex"), "Route shop/list spec.match");
  EXPECT_EQ(Find(routes, "virtual_hosts[0].routes[0].route.cluster"), "Route shop/list spec.forward");
  EXPECT_EQ(Find(routes, "virtual_hosts[0].routes[0].request_headers_to_add[2].header.key"),
            "Route shop/list spec.request_headers");
  EXPECT_EQ(Find(routes, "virtual_hosts[0].routes[0]"), "Route shop/list spec");
  EXPECT_EQ(Find(routes, "virtual_hosts[0].routes[2].match"), "Api shop/api spec.base_path");
  EXPECT_EQ(Find(routes, "virtual_hosts[0].routes[99].match"), "Gateway web spec.hosts[0]");
  EXPECT_EQ(Find(routes, "virtual_hosts[1].domains[0]"), "Gateway web spec.hosts[1]");
  EXPECT_EQ(Find(routes, "name"), "none");
  const auto listener = group->resources().listeners.at("0.0.0.0:8080");
  EXPECT_EQ(Find(listener, "address.socket_address.port_value"), "Gateway web spec.listeners[0]");
  EXPECT_EQ(Find(listener, ""), "Gateway web spec.listeners[0]");
  const auto cluster = group->resources().clusters.at("shop/backend");
  EXPECT_EQ(Find(cluster, "connect_timeout"), "Service shop/backend spec.connect_timeout");
  EXPECT_EQ(Find(cluster, "health_checks[0].interval"), "Service shop/backend spec.health_check");
  EXPECT_EQ(Find(cluster, "outlier_detection.interval"), "Service shop/backend spec.ejection");
  EXPECT_EQ(Find(cluster, "circuit_breakers.thresholds[0]"), "Service shop/backend spec.limits");
  EXPECT_EQ(Find(cluster, "metadata.typed_filter_metadata[\"sluice.retry_budget\"].reserve"),
            "Service shop/backend spec.limits.retries");
  EXPECT_EQ(Find(cluster, "least_request_lb_config.choice_count"), "Service shop/backend spec.balancing");
  EXPECT_EQ(Find(cluster, "load_assignment.endpoints[0]"), "Service shop/backend spec");
}

TEST(OriginTest, WhatIsNoResourceHasNone) {
  EXPECT_EQ(Find(MakeResource(kRouteType, "x", std::string("\xff")), "name"), "none");
  EXPECT_EQ(Find(MakeResource(kEndpointType, "x", std::string()), "name"), "none");
}

}  // namespace
}  // namespace sluice::compile
