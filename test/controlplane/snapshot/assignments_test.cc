#include "controlplane/snapshot/assignments.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "envoy/config/endpoint/v3/endpoint.pb.h"
#include "google/protobuf/any.pb.h"

namespace sluice::snapshot {
namespace {

using envoy::config::endpoint::v3::ClusterLoadAssignment;
using sluice::v1::Endpoint;
using sluice::v1::Service;

std::vector<Endpoint> In(const std::vector<std::string>& zones) {
  std::vector<Endpoint> endpoints;
  for (const std::string& zone : zones) {
    Endpoint& endpoint = endpoints.emplace_back();
    endpoint.set_address(fmt::format("10.0.0.{}", endpoints.size()));
    endpoint.set_port(80);
    endpoint.set_weight(1);
    endpoint.set_zone(zone);
  }
  return endpoints;
}

// "a/0 b/1": zones and priorities.
std::string Shape(const WireRef& resource) {
  google::protobuf::Any any;
  ClusterLoadAssignment assignment;
  EXPECT_TRUE(any.ParseFromString(resource->any) && any.UnpackTo(&assignment));
  std::string text;
  for (const auto& locality : assignment.endpoints()) {
    text += fmt::format("{}{}/{}", text.empty() ? "" : " ", locality.locality().zone(), locality.priority());
  }
  return text;
}

TEST(AssignmentsTest, EachZoneSeesItsOwnEndpointsFirst) {
  Assignments assignments(4);
  assignments.SetProxies({{"a", 1}, {"b", 1}});
  assignments.Set("shop/cart", In({"a", "b"}), 1);
  EXPECT_EQ(Shape(assignments.of("a").at("shop/cart")), "a/0 b/1");
  EXPECT_EQ(Shape(assignments.of("b").at("shop/cart")), "b/0 a/1");
  EXPECT_EQ(assignments.version(), "endpoints/4:1");
}

TEST(AssignmentsTest, ChangesReachZonesThatWereAskedForBefore) {
  Assignments assignments(1);
  EXPECT_TRUE(assignments.of("a").empty());
  assignments.Set("shop/cart", In({"a"}), 1);
  const WireRef before = assignments.of("a").at("shop/cart");
  assignments.Set("shop/cart", In({"a", "a"}), 2);
  EXPECT_NE(assignments.of("a").at("shop/cart")->version, before->version);
  assignments.Remove("shop/cart", 3);
  EXPECT_TRUE(assignments.of("a").empty());
  EXPECT_EQ(assignments.seq(), 3u);
}

TEST(AssignmentsTest, WhatIsSaidOutOfOrderDoesNotTurnTheLogBack) {
  Assignments assignments(1);
  assignments.Set("shop/a", In({"a"}), 5);
  assignments.Set("shop/b", In({"a"}), 2);
  EXPECT_EQ(assignments.seq(), 5u);
  assignments.Remove("shop/b", 3);
  EXPECT_EQ(assignments.seq(), 5u);
}

TEST(AssignmentsTest, AServiceMayKeepToItsZoneOrNotCare) {
  Assignments assignments(1);
  assignments.SetProxies({{"a", 3}, {"b", 1}});
  assignments.Set("shop/cart", In({"a", "b"}), 1);
  EXPECT_EQ(Shape(assignments.of("a").at("shop/cart")),
            "a/0 b/0");  // a has 1/2 of the endpoints, 3/4 of the proxies
  EXPECT_TRUE(assignments.SetZones({{"shop/cart", Service::STRICT}}));
  EXPECT_EQ(Shape(assignments.of("a").at("shop/cart")), "a/0 b/1");
  EXPECT_FALSE(assignments.SetZones({{"shop/cart", Service::STRICT}}));
  EXPECT_FALSE(assignments.SetZones({{"shop/cart", Service::STRICT}, {"shop/other", Service::IGNORE}}));
  EXPECT_TRUE(assignments.SetZones({}));
  EXPECT_EQ(Shape(assignments.of("a").at("shop/cart")), "a/0 b/0");
}

TEST(AssignmentsTest, AProxyMoreThatChangesNoWeightIsNoChange) {
  Assignments assignments(1);
  assignments.SetProxies({{"a", 100}, {"b", 100}});
  assignments.Set("shop/cart", In({"a", "b"}), 1);
  const std::string before = assignments.of("a").at("shop/cart")->version;
  EXPECT_FALSE(assignments.SetProxies({{"a", 101}, {"b", 100}}));
  EXPECT_FALSE(assignments.SetProxies({{"a", 101}, {"b", 100}}));
  EXPECT_EQ(assignments.of("a").at("shop/cart")->version, before);
  EXPECT_TRUE(assignments.SetProxies({{"a", 400}, {"b", 100}}));
  EXPECT_NE(assignments.of("a").at("shop/cart")->version, before);
}

TEST(AssignmentsTest, AServiceWithoutEndpointsIsThereAndEmpty) {
  Assignments assignments(1);
  assignments.Set("shop/cart", {}, 1);
  EXPECT_EQ(Shape(assignments.of("a").at("shop/cart")), "");
}

}  // namespace
}  // namespace sluice::snapshot
