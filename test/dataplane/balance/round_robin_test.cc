#include "dataplane/balance/round_robin.h"

#include <gtest/gtest.h>

#include <array>

#include "test/dataplane/balance/crowd.h"

namespace sluice::balance {
namespace {

TEST(RoundRobinTest, VisitsEqualCandidatesInTurn) {
  Crowd crowd({1, 1, 1});
  RoundRobin policy(crowd.candidates());
  PickState state(1);
  state.place(0).cursor = 0;
  std::vector<uint32_t> picks;
  for (int i = 0; i < 6; ++i) picks.push_back(policy.Pick(state, 0, crowd.states(), Serve::kHealthy));
  EXPECT_EQ(picks, (std::vector<uint32_t>{0, 1, 2, 0, 1, 2}));
}

TEST(RoundRobinTest, GivesEachCandidateExactlyItsWeightPerRound) {
  Crowd crowd({10, 20, 70});  // a common divisor is taken out: 10 picks are a round
  RoundRobin policy(crowd.candidates());
  EXPECT_EQ(policy.schedule().size(), 10u);
  EXPECT_EQ(CountPicks(policy, crowd, 100), (std::map<uint32_t, int>{{0, 10}, {1, 20}, {2, 70}}));
}

TEST(RoundRobinTest, SpreadsAHeavyCandidateOverTheRound) {
  Crowd crowd({5, 1, 1, 1});
  RoundRobin policy(crowd.candidates());
  const std::vector<uint32_t>& schedule = policy.schedule();
  int run = 0;
  for (size_t i = 0; i < 2 * schedule.size(); ++i) {
    run = schedule[i % schedule.size()] == 0 ? run + 1 : 0;
    EXPECT_LE(run, 3) << "5 of 8 turns never need more than three in a row";
  }
}

TEST(RoundRobinTest, KeepsTheShareOfAnEndpointExactWhileAnotherIsDown) {
  Crowd crowd({1, 1, 1});
  RoundRobin policy(crowd.candidates());
  crowd[1].health = Health::kUnhealthy;
  EXPECT_EQ(CountPicks(policy, crowd, 100), (std::map<uint32_t, int>{{0, 50}, {2, 50}}))
      << "the one after the dead one must not get its share";
}

TEST(RoundRobinTest, AnswersNobodyWhenNobodyIsGoodEnough) {
  Crowd crowd({1, 1});
  RoundRobin policy(crowd.candidates());
  crowd[0].health = crowd[1].health = Health::kDegraded;
  PickState state(1);
  EXPECT_EQ(policy.Pick(state, 0, crowd.states(), Serve::kHealthy), kNobody);
  EXPECT_NE(policy.Pick(state, 0, crowd.states(), Serve::kUsable), kNobody);
  EXPECT_EQ(RoundRobin({}).Pick(state, 0, {}, Serve::kAnybody), kNobody);
}

TEST(RoundRobinTest, StartsSomewhereElseForAnotherSeed) {
  const Crowd crowd(std::vector<double>(100, 1));
  RoundRobin policy(crowd.candidates());
  std::map<uint32_t, int> first;
  for (uint64_t seed = 0; seed < 64; ++seed) {
    PickState state(seed);
    ++first[policy.Pick(state, 0, crowd.states(), Serve::kHealthy)];
  }
  EXPECT_GT(first.size(), 25u);
}

TEST(RoundRobinTest, FollowsTheWeightsUpToTheirRounding) {
  const std::vector<double> weights = {1, 25, 300, 17, 1000};
  const Crowd crowd(weights);
  EXPECT_LT(ChiSquare(CountPicks(RoundRobin(crowd.candidates()), crowd, 100000), weights), 18.5)
      << "4 degrees of freedom";
}

TEST(RoundRobinTest, RoundsWeightsThatNeedAVeryLongRound) {
  const std::array<double, 3> weights = {1, 1000003, 2000003};
  const std::vector<uint32_t> shares = ScheduleShares(weights);
  EXPECT_EQ(shares[0], 1u) << "nobody with a weight is starved";
  EXPECT_NEAR(shares[1] / 4096.0, 1.0 / 3, 0.001);
  EXPECT_NEAR(shares[2] / 4096.0, 2.0 / 3, 0.001);
}

TEST(RoundRobinTest, TakesFractionsAsTheyComeFromLocalities) {
  const std::array<double, 2> weights = {0.25, 0.75};
  const std::vector<uint32_t> shares = ScheduleShares(weights);
  EXPECT_EQ(shares[0] * 3, shares[1]);
}

}  // namespace
}  // namespace sluice::balance
