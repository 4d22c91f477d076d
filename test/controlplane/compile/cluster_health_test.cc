#include "controlplane/compile/cluster_health.h"

#include <gtest/gtest.h>

#include "test/controlplane/model/fixtures.h"

namespace sluice::compile {
namespace {

using envoy::config::cluster::v3::Cluster;

Cluster Compile(const std::string& spec) {
  const auto object = model::Obj("Service", "shop/s", "service { " + spec + " }");
  Cluster cluster;
  if (object->service().has_health_check()) SetHealthCheck(object->service().health_check(), "s.shop", cluster);
  if (object->service().has_ejection()) SetEjection(object->service().ejection(), cluster);
  return cluster;
}

TEST(ClusterHealthTest, AnHttpCheckNeedsNothingSaid) {
  const auto check = Compile("health_check { http {} }").health_checks(0);
  EXPECT_EQ(check.http_health_check().path(), "/");
  EXPECT_EQ(check.http_health_check().host(), "s.shop");
  EXPECT_EQ(check.http_health_check().expected_statuses_size(), 0);
  EXPECT_EQ(check.interval().seconds(), 5);
  EXPECT_EQ(check.no_traffic_interval().seconds(), 5);
  EXPECT_EQ(check.timeout().seconds(), 1);
  EXPECT_EQ(check.healthy_threshold().value(), 2u);
  EXPECT_EQ(check.unhealthy_threshold().value(), 3u);
  EXPECT_FALSE(check.has_alt_port());
}

TEST(ClusterHealthTest, TheLastStatusOfARangeBelongsToIt) {
  const auto http = Compile("health_check { http { statuses { first: 200 last: 299 } statuses { first: 404 } } }")
                        .health_checks(0).http_health_check();
  EXPECT_EQ(http.expected_statuses(0).start(), 200);
  EXPECT_EQ(http.expected_statuses(0).end(), 300);
  EXPECT_EQ(http.expected_statuses(1).start(), 404);
  EXPECT_EQ(http.expected_statuses(1).end(), 405);
}

TEST(ClusterHealthTest, WhatATcpCheckSaysTravelsInHexadecimalDigits) {
  const auto tcp = Compile(R"(health_check { tcp { send: "PING\r\n" expect: "+PONG" expect: "\303\244" } })")
                       .health_checks(0).tcp_health_check();
  EXPECT_EQ(tcp.send().text(), "50494e470d0a");
  EXPECT_EQ(tcp.receive(0).text(), "2b504f4e47");
  EXPECT_EQ(tcp.receive(1).text(), "c3a4");
  EXPECT_FALSE(Compile("health_check { tcp {} }").health_checks(0).tcp_health_check().has_send());
}

TEST(ClusterHealthTest, OfEjectionOnlyErrorsInARowAreOnByThemselves) {
  const auto out = Compile("ejection {}").outlier_detection();
  EXPECT_EQ(out.consecutive_5xx().value(), 5u);
  EXPECT_TRUE(out.has_enforcing_success_rate());
  EXPECT_EQ(out.enforcing_success_rate().value(), 0u);
  EXPECT_EQ(out.enforcing_failure_percentage().value(), 0u);
  EXPECT_FALSE(out.has_enforcing_consecutive_gateway_failure());
  EXPECT_TRUE(out.always_eject_one_host().value());
  EXPECT_EQ(out.max_ejection_percent().value(), 10u);
  EXPECT_EQ(out.base_ejection_time().seconds(), 30);
  EXPECT_EQ(out.max_ejection_time().seconds(), 300);
}

TEST(ClusterHealthTest, WhatIsAskedForIsEnforced) {
  const auto out = Compile("ejection { errors: 2 gateway_errors: 3 success_rate { deviation_percent: 250 } "
                           "failure_share { percent: 50 } time { seconds: 400 } }").outlier_detection();
  EXPECT_EQ(out.consecutive_5xx().value(), 2u);
  EXPECT_EQ(out.consecutive_gateway_failure().value(), 3u);
  EXPECT_EQ(out.enforcing_consecutive_gateway_failure().value(), 100u);
  EXPECT_EQ(out.enforcing_success_rate().value(), 100u);
  EXPECT_EQ(out.success_rate_stdev_factor().value(), 2500u);
  EXPECT_EQ(out.enforcing_failure_percentage().value(), 100u);
  EXPECT_EQ(out.failure_percentage_threshold().value(), 50u);
  EXPECT_EQ(out.max_ejection_time().seconds(), 400);
}

}  // namespace
}  // namespace sluice::compile
