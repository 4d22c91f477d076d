#include "dataplane/balance/random_choice.h"

#include <gtest/gtest.h>

#include <deque>
#include <numeric>

namespace sluice::balance {
namespace {

struct Level {
  explicit Level(const std::vector<double>& weights) {
    for (double w : weights) {
      health.emplace_back(Health::kHealthy);
      candidates.push_back({&health.back(), w});
    }
  }
  std::deque<std::atomic<Health>> health;
  std::vector<Candidate> candidates;
};

// Chi-square of `picks` draws against `weights`; a weight of 0 must never be drawn.
double ChiSquare(const BalancePolicy& policy, const std::vector<double>& weights, int picks) {
  PickState state(42);
  std::vector<int> counts(weights.size());
  for (int i = 0; i < picks; ++i) ++counts.at(policy.Pick(state, 0, Health::kHealthy));
  const double total = std::accumulate(weights.begin(), weights.end(), 0.0);
  double chi = 0;
  for (size_t i = 0; i < weights.size(); ++i) {
    if (weights[i] == 0) {
      EXPECT_EQ(counts[i], 0);
      continue;
    }
    const double expected = picks * weights[i] / total;
    chi += (counts[i] - expected) * (counts[i] - expected) / expected;
  }
  return chi;
}

TEST(RandomChoiceTest, DrawsEqualCandidatesEquallyOften) {
  const std::vector<double> weights(10, 1);
  Level level(weights);
  // 9 degrees of freedom: 27.9 is exceeded once in 1,000 seeds.
  EXPECT_LT(ChiSquare(RandomChoice(level.candidates), weights, 100000), 27.9);
}

TEST(RandomChoiceTest, DrawsByWeight) {
  const std::vector<double> weights = {1, 2, 3, 94};
  Level level(weights);
  // 3 degrees of freedom.
  EXPECT_LT(ChiSquare(RandomChoice(level.candidates), weights, 200000), 16.3);
}

TEST(RandomChoiceTest, KeepsTheRatioOfTheOthersWhenTheHeaviestIsDown) {
  Level level({1, 2, 3, 994});
  RandomChoice policy(level.candidates);
  level.health[3] = Health::kUnhealthy;
  EXPECT_LT(ChiSquare(policy, {1, 2, 3, 0}, 60000), 13.8);
}

TEST(RandomChoiceTest, AnswersNobodyWhenNobodyIsGoodEnough) {
  Level level({1, 1});
  RandomChoice policy(level.candidates);
  level.health[0] = level.health[1] = Health::kUnhealthy;
  PickState state(1);
  EXPECT_EQ(policy.Pick(state, 0, Health::kDegraded), kNobody);
  EXPECT_NE(policy.Pick(state, 0, Health::kUnhealthy), kNobody);
  EXPECT_EQ(RandomChoice({}).Pick(state, 0, Health::kUnhealthy), kNobody);
}

}  // namespace
}  // namespace sluice::balance
