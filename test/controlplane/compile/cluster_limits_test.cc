#include "controlplane/compile/cluster_limits.h"

#include <gtest/gtest.h>

#include "sluice/xds/v1/limits.pb.h"
#include "test/controlplane/model/fixtures.h"

namespace sluice::compile {
namespace {

using envoy::config::cluster::v3::Cluster;
using sluice::xds::v1::RetryBudget;

Cluster Compile(const std::string& spec, ClientClass client = ClientClass::kCommitting) {
  const auto object = model::Obj("Service", "shop/s", "service { limits { " + spec + " } }");
  Cluster cluster;
  SetLimits(object->service().limits(), client, cluster);
  return cluster;
}

RetryBudget Budget(const Cluster& cluster) {
  RetryBudget budget;
  const auto& metadata = cluster.metadata().typed_filter_metadata();
  const auto found = metadata.find("sluice.retry_budget");
  EXPECT_TRUE(found != metadata.end() && found->second.UnpackTo(&budget));
  return budget;
}

TEST(ClusterLimitsTest, RetriesAreAFifthOfWhatIsActiveUnlessSaid) {
  const Cluster cluster = Compile("");
  const auto& out = cluster.circuit_breakers().thresholds(0);
  EXPECT_EQ(out.retry_budget().budget_percent().value(), 20);
  EXPECT_EQ(out.retry_budget().min_retry_concurrency().value(), 3u);
  EXPECT_FALSE(out.has_max_connections());
  EXPECT_EQ(cluster.circuit_breakers().per_host_thresholds_size(), 0);
  EXPECT_FALSE(cluster.has_metadata());
}

TEST(ClusterLimitsTest, EachLimitHasItsPlace) {
  const Cluster cluster = Compile("connections: 1 connections_per_endpoint: 2 pending: 3 requests: 4 "
                                  "retries { active_percent: 0 active_min: 6 }");
  const auto& out = cluster.circuit_breakers().thresholds(0);
  EXPECT_EQ(out.max_connections().value(), 1u);
  EXPECT_EQ(cluster.circuit_breakers().per_host_thresholds(0).max_connections().value(), 2u);
  EXPECT_EQ(out.max_pending_requests().value(), 3u);
  EXPECT_EQ(out.max_requests().value(), 4u);
  EXPECT_EQ(out.retry_budget().budget_percent().value(), 0);
  EXPECT_EQ(out.retry_budget().min_retry_concurrency().value(), 6u);
}

TEST(ClusterLimitsTest, AFixedNumberTakesThePlaceOfTheShare) {
  const Cluster cluster = Compile("retries { at_once: 0 }");
  const auto& out = cluster.circuit_breakers().thresholds(0);
  EXPECT_TRUE(out.has_max_retries());
  EXPECT_EQ(out.max_retries().value(), 0u);
  EXPECT_FALSE(out.has_retry_budget());
}

TEST(ClusterLimitsTest, TheRateIsForCommittingProxiesOnly) {
  const std::string spec = "retries { rate_percent: 5 reserve: 1 saved: 2 }";
  const RetryBudget budget = Budget(Compile(spec));
  EXPECT_EQ(budget.rate_percent().value(), 5u);
  EXPECT_EQ(budget.reserve().value(), 1u);
  EXPECT_EQ(budget.most_saved().value(), 2u);
  EXPECT_FALSE(Compile(spec, ClientClass::kStandard).has_metadata());
}

TEST(ClusterLimitsTest, TheReserveIsNotMoreThanCanBeSaved) {
  EXPECT_EQ(Budget(Compile("retries { saved: 2 }")).reserve().value(), 2u);
  EXPECT_EQ(Budget(Compile("retries { saved: 50 }")).reserve().value(), 10u);
  EXPECT_FALSE(Budget(Compile("retries { rate_percent: 0 }")).has_reserve());
}

}  // namespace
}  // namespace sluice::compile
