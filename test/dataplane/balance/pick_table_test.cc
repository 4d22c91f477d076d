#include "dataplane/balance/pick_table.h"

#include <gtest/gtest.h>

#include <array>
#include <deque>
#include <map>

namespace sluice::balance {
namespace {

class PickTableTest : public testing::TestWithParam<PolicyKind> {
 protected:
  void Add(uint32_t priority, uint32_t weight = 1, uint32_t locality = 0) {
    health_.emplace_back(Health::kHealthy);
    members_.push_back({&health_.back(), weight, priority, locality});
  }
  std::map<uint32_t, int> CountPicks(int picks, std::span<const uint32_t> locality_weights = {}) {
    PickTable table(GetParam(), members_, locality_weights);
    PickState state(3);
    std::map<uint32_t, int> counts;
    for (int i = 0; i < picks; ++i) ++counts[table.Pick(state, 0)];
    return counts;
  }
  std::deque<std::atomic<Health>> health_;
  std::vector<Member> members_;
};

TEST_P(PickTableTest, AnswersNobodyWithoutMembers) {
  EXPECT_EQ(CountPicks(1), (std::map<uint32_t, int>{{kNobody, 1}}));
}

TEST_P(PickTableTest, UsesOnlyTheFirstPriorityWhileAnybodyThereIsHealthy) {
  Add(7), Add(0), Add(0);
  health_[1] = Health::kUnhealthy;
  EXPECT_EQ(CountPicks(10), (std::map<uint32_t, int>{{2, 10}}));
}

TEST_P(PickTableTest, FallsToTheNextPriorityWhenTheFirstIsDown) {
  Add(0), Add(2);
  health_[0] = Health::kUnhealthy;
  EXPECT_EQ(CountPicks(10), (std::map<uint32_t, int>{{1, 10}}));
}

TEST_P(PickTableTest, PrefersAHealthyLaterPriorityToADegradedOne) {
  Add(0), Add(1);
  health_[0] = Health::kDegraded;
  EXPECT_EQ(CountPicks(10), (std::map<uint32_t, int>{{1, 10}}));
  health_[1] = Health::kUnhealthy;
  EXPECT_EQ(CountPicks(10), (std::map<uint32_t, int>{{0, 10}}));
}

TEST_P(PickTableTest, ServesWholeFirstPriorityWhenNobodyAtAllIsAvailable) {
  Add(0), Add(0), Add(1);
  for (auto& health : health_) health = Health::kUnhealthy;
  const auto counts = CountPicks(100);
  EXPECT_EQ(counts.size(), 2u);
  EXPECT_FALSE(counts.contains(2));
}

TEST_P(PickTableTest, DividesByLocalityFirstAndWithinItByWeight) {
  // Locality 0 has three quarters although locality 1 has more endpoints and weight.
  Add(0, 1, 0), Add(0, 2, 0), Add(0, 50, 1), Add(0, 50, 1);
  const std::array<uint32_t, 2> localities = {3, 1};
  auto counts = CountPicks(80000, localities);
  EXPECT_NEAR(counts[0], 20000, 500);
  EXPECT_NEAR(counts[1], 40000, 500);
  EXPECT_NEAR(counts[2], 10000, 500);
  EXPECT_NEAR(counts[3], 10000, 500);
}

TEST_P(PickTableTest, SendsNothingToALocalityOfWeightZero) {
  Add(0, 1, 0), Add(0, 1, 1);
  const std::array<uint32_t, 2> localities = {0, 1};
  EXPECT_EQ(CountPicks(10, localities), (std::map<uint32_t, int>{{1, 10}}));
}

INSTANTIATE_TEST_SUITE_P(Policies, PickTableTest,
                         testing::Values(PolicyKind::kRoundRobin, PolicyKind::kRandom));

}  // namespace
}  // namespace sluice::balance
