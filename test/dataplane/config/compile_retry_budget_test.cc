#include "dataplane/config/compile_retry_budget.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "sluice/xds/v1/limits.pb.h"
#include "test/dataplane/config/route_text.h"

namespace sluice::config {
namespace {

using envoy::config::cluster::v3::Cluster;
using testing::ElementsAre;

Cluster With(const google::protobuf::Message& budget) {
  Cluster cluster;
  (*cluster.mutable_metadata()->mutable_typed_filter_metadata())["sluice.retry_budget"].PackFrom(
      budget);
  return cluster;
}

TEST(CompileRetryBudgetTest, AClusterWithoutOneHasTheDefaults) {
  ErrorList errors;
  const upstream::RetryRate rate = CompileRetryBudget(Cluster(), "c", errors);
  EXPECT_EQ(rate.permille, 200u);
  EXPECT_EQ(rate.reserve, 10u);
  EXPECT_EQ(rate.most_saved, 100u);
  EXPECT_THAT(Lines(errors), ElementsAre());
}

TEST(CompileRetryBudgetTest, TakesWhatIsSetAndLeavesTheRest) {
  ErrorList errors;
  sluice::xds::v1::RetryBudget budget;
  budget.mutable_rate_percent()->set_value(0);
  budget.mutable_reserve()->set_value(3);
  const upstream::RetryRate rate = CompileRetryBudget(With(budget), "c", errors);
  EXPECT_EQ(rate.permille, 0u);
  EXPECT_EQ(rate.reserve, 3u);
  EXPECT_EQ(rate.most_saved, 100u);
  EXPECT_THAT(Lines(errors), ElementsAre());
}

TEST(CompileRetryBudgetTest, RefusesAnotherMessageAndTooLargeNumbers) {
  ErrorList errors;
  CompileRetryBudget(With(Cluster()), "c", errors);
  sluice::xds::v1::RetryBudget budget;
  budget.mutable_rate_percent()->set_value(1001);
  budget.mutable_most_saved()->set_value(1'000'001);
  CompileRetryBudget(With(budget), "c", errors);
  const std::string at = "c.metadata.typed_filter_metadata[\"sluice.retry_budget\"]";
  EXPECT_THAT(Lines(errors), ElementsAre(at + ": must be a sluice.xds.v1.RetryBudget",
                                         at + ".rate_percent: must be at most 1000",
                                         at + ".most_saved: must be at most 1000000"));
}

}  // namespace
}  // namespace sluice::config
