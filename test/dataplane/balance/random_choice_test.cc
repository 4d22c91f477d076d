#include "dataplane/balance/random_choice.h"

#include <gtest/gtest.h>

#include "test/dataplane/balance/crowd.h"

namespace sluice::balance {
namespace {

TEST(RandomChoiceTest, DrawsEqualCandidatesEquallyOften) {
  const std::vector<double> weights(10, 1);
  const Crowd crowd(weights);
  // 9 degrees of freedom: 27.9 is exceeded once in 1,000 seeds.
  EXPECT_LT(ChiSquare(CountPicks(RandomChoice(crowd.candidates()), crowd, 100000), weights), 27.9);
}

TEST(RandomChoiceTest, DrawsByWeight) {
  const std::vector<double> weights = {1, 2, 3, 94};
  const Crowd crowd(weights);
  // 3 degrees of freedom.
  EXPECT_LT(ChiSquare(CountPicks(RandomChoice(crowd.candidates()), crowd, 200000), weights), 16.3);
}

TEST(RandomChoiceTest, KeepsTheRatioOfTheOthersWhenTheHeaviestIsDown) {
  Crowd crowd({1, 2, 3, 994});
  RandomChoice policy(crowd.candidates());
  crowd[3].health = Health::kUnhealthy;
  EXPECT_LT(ChiSquare(CountPicks(policy, crowd, 60000), {1, 2, 3, 0}), 13.8);
}

TEST(RandomChoiceTest, FindsTheFewThatAreUpAmongMany) {
  std::vector<double> weights(5000, 1);
  Crowd crowd(weights);
  for (size_t i = 0; i < 4998; ++i) crowd[i].health = Health::kUnhealthy;
  std::fill(weights.begin(), weights.begin() + 4998, 0);
  const RandomChoice policy(crowd.candidates());
  EXPECT_LT(ChiSquare(CountPicks(policy, crowd, 2000), weights), 10.8) << "1 degree of freedom";
}

TEST(RandomChoiceTest, AnswersNobodyWhenNobodyIsGoodEnough) {
  Crowd crowd({1, 1});
  RandomChoice policy(crowd.candidates());
  crowd[0].health = crowd[1].health = Health::kUnhealthy;
  PickState state(1);
  EXPECT_EQ(policy.Pick(state, 0, crowd.states(), Serve::kUsable), kNobody);
  EXPECT_NE(policy.Pick(state, 0, crowd.states(), Serve::kAnybody), kNobody);
  EXPECT_EQ(RandomChoice({}).Pick(state, 0, {}, Serve::kAnybody), kNobody);
}

}  // namespace
}  // namespace sluice::balance
