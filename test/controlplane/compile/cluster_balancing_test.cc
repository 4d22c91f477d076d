#include "controlplane/compile/cluster_balancing.h"

#include <gtest/gtest.h>

#include "test/controlplane/model/fixtures.h"

namespace sluice::compile {
namespace {

using envoy::config::cluster::v3::Cluster;

Cluster Compile(const std::string& spec) {
  const auto object = model::Obj("Service", "shop/s", "service { balancing { " + spec + " } }");
  Cluster cluster;
  SetBalancing(object->service().balancing(), cluster);
  return cluster;
}

TEST(ClusterBalancingTest, DefaultsAreLeftOut) {
  EXPECT_EQ(Compile("").ByteSizeLong(), 0u);
  EXPECT_EQ(Compile("policy: LEAST_REQUEST").lb_config_case(), Cluster::LB_CONFIG_NOT_SET);
}

TEST(ClusterBalancingTest, EachPolicyHasItsName) {
  EXPECT_EQ(Compile("policy: LEAST_REQUEST").lb_policy(), Cluster::LEAST_REQUEST);
  EXPECT_EQ(Compile("policy: RANDOM").lb_policy(), Cluster::RANDOM);
  EXPECT_EQ(Compile("policy: RING_HASH").lb_policy(), Cluster::RING_HASH);
  EXPECT_EQ(Compile("policy: MAGLEV").lb_policy(), Cluster::MAGLEV);
}

TEST(ClusterBalancingTest, PercentsBecomeWhatXdsCounts) {
  const Cluster least = Compile("policy: LEAST_REQUEST choices: 3 bias_percent: 50");
  EXPECT_EQ(least.least_request_lb_config().choice_count().value(), 3u);
  EXPECT_EQ(least.least_request_lb_config().active_request_bias().default_value(), 0.5);
  const Cluster slow = Compile("slow_start { window { seconds: 9 } start_percent: 7 } panic_percent: 0");
  const auto& start = slow.round_robin_lb_config().slow_start_config();
  EXPECT_EQ(start.slow_start_window().seconds(), 9);
  EXPECT_EQ(start.min_weight_percent().value(), 7);
  EXPECT_TRUE(slow.common_lb_config().has_healthy_panic_threshold());
  EXPECT_EQ(slow.common_lb_config().healthy_panic_threshold().value(), 0);
}

TEST(ClusterBalancingTest, SlowStartStandsWithItsPolicy) {
  const Cluster least = Compile("policy: LEAST_REQUEST slow_start { window { seconds: 9 } }");
  EXPECT_EQ(least.least_request_lb_config().slow_start_config().slow_start_window().seconds(), 9);
  EXPECT_FALSE(least.least_request_lb_config().slow_start_config().has_min_weight_percent());
}

}  // namespace
}  // namespace sluice::compile
