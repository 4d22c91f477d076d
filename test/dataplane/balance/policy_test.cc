// Slow start (xDS: SlowStartConfig), for the policies that have it.
#include "dataplane/balance/policy.h"

#include <gtest/gtest.h>

#include "test/dataplane/balance/crowd.h"

namespace sluice::balance {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr base::MonoTime kNow{seconds(1000)};

TEST(SlowStartTest, GrowsInAStraightLineFromItsFirstPart) {
  const SlowStart line{.window = seconds(10)};
  EXPECT_DOUBLE_EQ(line.Factor(seconds(5)), 0.5);
  EXPECT_DOUBLE_EQ(line.Factor(seconds(0)), 0.1) << "min_weight_percent is 10 unless told";
  EXPECT_DOUBLE_EQ(line.Factor(milliseconds(9900)), 0.99);
}

TEST(SlowStartTest, AggressionBendsTheLine) {
  const SlowStart fast{.window = seconds(100), .aggression = 2.0, .min_weight = 0};
  EXPECT_DOUBLE_EQ(fast.Factor(seconds(25)), 0.5);
  const SlowStart slow{.window = seconds(100), .aggression = 0.5, .min_weight = 0};
  EXPECT_DOUBLE_EQ(slow.Factor(seconds(50)), 0.25);
  EXPECT_DOUBLE_EQ(slow.Factor(base::Duration(0)), 1e-10) << "a millisecond at least";
}

class RampingTest : public testing::TestWithParam<PolicyKind> {
 protected:
  std::map<uint32_t, int> Count(const Crowd& crowd, int picks) {
    const Balancing balancing{.policy = GetParam(), .slow_start = {.window = seconds(10)}};
    const auto policy = MakePolicy(balancing, crowd.candidates(), 0);
    PickState state(5);
    state.now = kNow;
    std::map<uint32_t, int> counts;
    for (int i = 0; i < picks; ++i) {
      ++counts[policy->Pick(state, 0, crowd.states(), Serve::kHealthy)];
    }
    return counts;
  }
};

TEST_P(RampingTest, GivesAYoungMemberThePartOfItsWeightThatItsAgeSays) {
  Crowd crowd({1, 1, 1, 1});
  crowd[0].healthy_since = kNow - seconds(3);
  EXPECT_LT(ChiSquare(Count(crowd, 100000), {0.3, 1, 1, 1}), 16.3) << "3 degrees of freedom";
}

TEST_P(RampingTest, GivesItByWeightToo) {
  Crowd crowd({4, 2, 1});
  crowd[0].healthy_since = kNow - seconds(5);
  auto counts = Count(crowd, 200000);
  EXPECT_NEAR(counts[0], 80000, 1500);
  EXPECT_NEAR(counts[1], 80000, 1500);
  EXPECT_NEAR(counts[2], 40000, 1000);
}

TEST_P(RampingTest, IsOverAfterTheWindow) {
  Crowd crowd({1, 1});
  crowd[0].healthy_since = kNow - seconds(10);
  auto counts = Count(crowd, 10000);
  EXPECT_NEAR(counts[0], 5000, 250);
}

TEST_P(RampingTest, LeavesSharesAloneWhenAllAreYoung) {
  Crowd crowd({1, 1, 1});
  for (size_t i = 0; i < 3; ++i) crowd[i].healthy_since = kNow;
  EXPECT_LT(ChiSquare(Count(crowd, 30000), {1, 1, 1}), 13.8) << "2 degrees of freedom";
}

TEST_P(RampingTest, TheOnlyMemberServesFromTheStart) {
  Crowd crowd({1});
  crowd[0].healthy_since = kNow;
  EXPECT_EQ(Count(crowd, 100)[0], 100);
}

INSTANTIATE_TEST_SUITE_P(Policies, RampingTest,
                         testing::Values(PolicyKind::kRoundRobin, PolicyKind::kLeastRequest));

}  // namespace
}  // namespace sluice::balance
