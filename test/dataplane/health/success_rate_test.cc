#include "dataplane/health/success_rate.h"

#include <gtest/gtest.h>

namespace sluice::health {
namespace {

TEST(SuccessRateTest, ThresholdIsThatManyDeviationsBelowTheMean) {
  const double rates[] = {100, 100, 100, 100, 50};
  EXPECT_DOUBLE_EQ(SuccessRateThreshold(rates, 0), 90);
  EXPECT_DOUBLE_EQ(SuccessRateThreshold(rates, 1.9), 90 - 1.9 * 20);
}

TEST(SuccessRateTest, EqualRatesLeaveNobodyBelow) {
  const double rates[] = {70, 70, 70};
  EXPECT_DOUBLE_EQ(SuccessRateThreshold(rates, 1.9), 70);
  EXPECT_DOUBLE_EQ(SuccessRateThreshold({}, 1.9), 0);
}

}  // namespace
}  // namespace sluice::health
