#include "dataplane/balance/least_request.h"

#include <gtest/gtest.h>

#include <cmath>

#include "test/dataplane/balance/crowd.h"

namespace sluice::balance {
namespace {

TEST(LeastRequestTest, DrawsEqualIdleMembersEquallyOften) {
  const Crowd crowd(std::vector<double>(10, 1));
  const LeastRequest policy(crowd.candidates(), {});
  EXPECT_LT(ChiSquare(CountPicks(policy, crowd, 100000), std::vector<double>(10, 1)), 27.9)
      << "9 degrees of freedom: exceeded once in 1,000 seeds";
}

// Of two draws the idle one is missed with probability (1 - 1/n) ^ 2.
TEST(LeastRequestTest, TakesTheIdlestOfItsDraws) {
  for (const uint32_t choices : {2u, 4u}) {
    Crowd crowd(std::vector<double>(5, 1));
    for (size_t i = 1; i < 5; ++i) crowd[i].active = 3;
    const LeastRequest policy(crowd.candidates(), {.choice_count = choices});
    const double missed = std::pow(0.8, choices);
    std::vector<double> expected(5, missed / 4);
    expected[0] = 1 - missed;
    EXPECT_LT(ChiSquare(CountPicks(policy, crowd, 100000), expected), 18.5) << "4 degrees";
  }
}

// A walk's picks depend on the one before, so every 20th is counted.
std::map<uint32_t, int> CountSpacedPicks(const BalancePolicy& policy, const Crowd& crowd, int picks) {
  PickState state(11);
  std::map<uint32_t, int> counts;
  for (int i = 0; i < picks * 20; ++i) {
    const uint32_t pick = policy.Pick(state, 0, crowd.states(), Serve::kHealthy);
    if (i % 20 == 19) ++counts[pick];
  }
  return counts;
}

TEST(LeastRequestTest, DrawsIdleMembersByWeight) {
  const std::vector<double> weights = {1, 2, 3, 94};
  const Crowd crowd(weights);
  const LeastRequest policy(crowd.candidates(), {});
  EXPECT_LT(ChiSquare(CountPicks(policy, crowd, 200000), weights), 16.3) << "3 degrees";
}

// xDS: LeastRequestLbConfig.active_request_bias.
TEST(LeastRequestTest, DividesWeightsByActiveRequestsToThePowerOfTheBias) {
  for (const double bias : {0.0, 0.5, 1.0, 2.0}) {
    const std::vector<double> weights = {1, 2, 3, 4};
    Crowd crowd(weights);
    std::vector<double> expected;
    for (uint32_t i = 0; i < 4; ++i) {
      crowd[i].active = i * i;
      expected.push_back(weights[i] / std::pow(i * i + 1.0, bias));
    }
    const LeastRequest policy(crowd.candidates(), {.active_request_bias = bias});
    EXPECT_LT(ChiSquare(CountSpacedPicks(policy, crowd, 20000), expected), 16.3) << bias;
  }
}

TEST(LeastRequestTest, LeavesAMemberThatWentDownWhereverTheWalkStood) {
  Crowd crowd({1, 1000});
  const LeastRequest policy(crowd.candidates(), {});
  PickState state(1);
  for (int i = 0; i < 20; ++i) policy.Pick(state, 0, crowd.states(), Serve::kHealthy);
  crowd[1].health = Health::kUnhealthy;
  EXPECT_EQ(policy.Pick(state, 0, crowd.states(), Serve::kHealthy), 0u);
  crowd[0].health = Health::kUnhealthy;
  EXPECT_EQ(policy.Pick(state, 0, crowd.states(), Serve::kUsable), kNobody);
  EXPECT_NE(policy.Pick(state, 0, crowd.states(), Serve::kAnybody), kNobody);
}

TEST(LeastRequestTest, DoesNotGoOnFromThePickOfAnotherTable) {
  const Crowd large(std::vector<double>{1, 2, 3, 4, 5, 6});
  const Crowd small(std::vector<double>{1, 2});
  PickState state(1);
  const LeastRequest before(large.candidates(), {});
  for (int i = 0; i < 50; ++i) before.Pick(state, 0, large.states(), Serve::kHealthy);
  const LeastRequest after(small.candidates(), {});
  EXPECT_LT(after.Pick(state, 0, small.states(), Serve::kHealthy), 2u);
}

}  // namespace
}  // namespace sluice::balance
