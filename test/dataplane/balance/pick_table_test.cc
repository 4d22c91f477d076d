#include "dataplane/balance/pick_table.h"

#include <gtest/gtest.h>

#include <array>
#include <deque>
#include <map>

#include "dataplane/base/hash.h"

namespace sluice::balance {
namespace {

class PickTableTest : public testing::TestWithParam<PolicyKind> {
 protected:
  PickTableTest() { balancing_.policy = GetParam(); }
  void Add(uint32_t priority, uint32_t weight = 1, uint32_t locality = 0) {
    owned_.emplace_back();
    states_.push_back(&owned_.back());
    keys_.push_back("127.0.7." + std::to_string(owned_.size()) + ":9000");
    members_.push_back({weight, priority, locality, keys_.back()});
  }
  void Make(std::span<const uint32_t> locality_weights = {}) {
    balancing_.locality_weighted = !locality_weights.empty();
    table_ = std::make_unique<PickTable>(balancing_, members_, locality_weights);
    levels_ = table_->MakeLevelChoice({}, states_);
  }
  void SetHealth(uint32_t member, Health health) {
    levels_->Move(member, owned_[member].health.exchange(health), health);
  }
  uint32_t Pick(PickState& state, uint64_t hash) {
    return table_->Pick(state, hash, {states_, *levels_});
  }
  // Of requests without a hash: hash policies draw one.
  std::map<uint32_t, int> CountPicks(int picks) {
    PickState state(3);
    std::map<uint32_t, int> counts;
    for (int i = 0; i < picks; ++i) ++counts[Pick(state, 0)];
    return counts;
  }
  std::string LettersOfKeys(int keys) {
    PickState state(3);
    std::string letters;
    for (int i = 0; i < keys; ++i) {
      letters += static_cast<char>('a' + Pick(state, base::XxHash64("k" + std::to_string(i))));
    }
    return letters;
  }

  Balancing balancing_;
  std::deque<EndpointState> owned_;
  std::vector<const EndpointState*> states_;
  std::deque<std::string> keys_;
  std::vector<Member> members_;
  std::unique_ptr<PickTable> table_;
  std::unique_ptr<LevelChoice> levels_;
};
using Counts = std::map<uint32_t, int>;

TEST_P(PickTableTest, AnswersNobodyWithoutMembers) {
  Make();
  EXPECT_EQ(levels_, nullptr);
  const LevelChoice none({}, {}, {}, 50, {});
  PickState state(1);
  EXPECT_EQ(table_->Pick(state, 0, {{}, none}), kNobody);
}

TEST_P(PickTableTest, FallsToTheNextPriorityWhenTheFirstIsDown) {
  Add(7), Add(0), Add(0);
  Make();
  EXPECT_EQ(CountPicks(100).count(0), 0u);
  SetHealth(1, Health::kUnhealthy), SetHealth(2, Health::kUnhealthy);
  EXPECT_EQ(CountPicks(10), (Counts{{0, 10}}));
}

TEST_P(PickTableTest, PrefersAHealthyLaterPriorityToADegradedOne) {
  Add(0), Add(1);
  Make();
  SetHealth(0, Health::kDegraded);
  EXPECT_EQ(CountPicks(10), (Counts{{1, 10}}));
  SetHealth(1, Health::kUnhealthy);
  EXPECT_EQ(CountPicks(10), (Counts{{0, 10}}));
}

TEST_P(PickTableTest, ServesEverybodyWhenNobodyAtAllIsAvailable) {
  Add(0), Add(0), Add(1);
  Make();
  for (uint32_t i = 0; i < 3; ++i) SetHealth(i, Health::kUnhealthy);
  EXPECT_EQ(CountPicks(1000).size(), 3u);
}

TEST_P(PickTableTest, AnswersNobodyWhenAllAreDownAndPanicIsOff) {
  balancing_.panic_percent = 0;
  Add(0), Add(1);
  Make();
  SetHealth(0, Health::kUnhealthy), SetHealth(1, Health::kUnhealthy);
  EXPECT_EQ(CountPicks(10), (Counts{{kNobody, 10}}));
}

TEST_P(PickTableTest, DividesLoadBetweenLevelsByTheirAvailability) {
  for (int i = 0; i < 10; ++i) Add(0);
  Add(1);
  Make();
  for (uint32_t i = 0; i < 5; ++i) SetHealth(i, Health::kUnhealthy);
  EXPECT_NEAR(CountPicks(100000)[10], 30000, 800) << "140 % of one half is 70 %";
}

TEST_P(PickTableTest, FindsSomebodyWhenABytesChangeIsAheadOfTheLevels) {
  Add(0), Add(1);
  Make();
  owned_[0].health = Health::kUnhealthy;  // and Move comes later
  EXPECT_EQ(CountPicks(10), (Counts{{1, 10}}));
}

TEST_P(PickTableTest, DividesByLocalityFirstAndWithinItByWeight) {
  // Locality 0 has three quarters although locality 1 has more endpoints and weight.
  Add(0, 1, 0), Add(0, 2, 0), Add(0, 50, 1), Add(0, 50, 1);
  const std::array<uint32_t, 2> localities = {3, 1};
  balancing_.min_ring_size = 100000;  // shares on a ring are only near the weights
  Make(localities);
  auto counts = CountPicks(80000);
  EXPECT_NEAR(counts[0], 20000, 800);
  EXPECT_NEAR(counts[1], 40000, 800);
  EXPECT_NEAR(counts[2], 10000, 800);
  EXPECT_NEAR(counts[3], 10000, 800);
}

TEST_P(PickTableTest, SendsNothingToALocalityOfWeightZero) {
  Add(0, 1, 0), Add(0, 1, 1);
  const std::array<uint32_t, 2> localities = {0, 1};
  Make(localities);
  EXPECT_EQ(CountPicks(10), (Counts{{1, 10}}));
}

INSTANTIATE_TEST_SUITE_P(Policies, PickTableTest,
                         testing::Values(PolicyKind::kRoundRobin, PolicyKind::kRandom,
                                         PolicyKind::kLeastRequest, PolicyKind::kRingHash,
                                         PolicyKind::kMaglev));

using NonHashTest = PickTableTest;

TEST_P(NonHashTest, KeepsALocalitysShareWhileProvisioningCoversItsLosses) {
  for (int i = 0; i < 5; ++i) Add(0, 1, 0);
  for (int i = 0; i < 5; ++i) Add(0, 1, 1);
  const std::array<uint32_t, 2> localities = {3, 1};
  Make(localities);
  const auto share = [&] {
    int first = 0;
    for (const auto& [member, count] : CountPicks(10000)) first += member < 5 ? count : 0;
    return first;
  };
  SetHealth(0, Health::kUnhealthy);
  EXPECT_NEAR(share(), 7500, 10);
  for (uint32_t i = 1; i < 5; ++i) SetHealth(i, Health::kUnhealthy);
  EXPECT_EQ(share(), 0);
}

TEST_P(NonHashTest, ALocalityOfWeightZeroServesWhenItIsTheOnlyOneUp) {
  Add(0, 1, 0), Add(0, 1, 1);
  const std::array<uint32_t, 2> localities = {1, 0};
  Make(localities);
  SetHealth(0, Health::kUnhealthy);
  EXPECT_EQ(CountPicks(10), (Counts{{1, 10}}));
}

INSTANTIATE_TEST_SUITE_P(Policies, NonHashTest,
                         testing::Values(PolicyKind::kRoundRobin, PolicyKind::kRandom,
                                         PolicyKind::kLeastRequest));

// The letters are what Envoy 1.40 answered for the same endpoints, localities and header values.
class EnvoysChoiceTest : public PickTableTest {
 protected:
  void AddTwoLocalities() {
    for (uint32_t i = 1; i <= 3; ++i) Add(0, i, 0);
    for (int i = 0; i < 4; ++i) Add(0, 1, 1);
    const std::array<uint32_t, 2> localities = {3, 1};
    Make(localities);
  }
};

TEST_P(EnvoysChoiceTest, IsOursWithWeightedLocalities) {
  AddTwoLocalities();
  EXPECT_EQ(LettersOfKeys(60), GetParam() == PolicyKind::kRingHash
                                   ? "gdebcgaafecgcbbbabcgcgcaeecfdcfccbccecacggcgfefcggccccddccge"
                                   : "bacafaecaacbfecaccbbfcaccadfagcdcbgfbcdccdcfacdbbaeccaaecgcc");
}

TEST_P(EnvoysChoiceTest, OfALevelGoesByTheHash) {
  if (GetParam() != PolicyKind::kRingHash) GTEST_SKIP() << "Envoy was asked with rings";
  for (int i = 0; i < 10; ++i) Add(0);
  for (int i = 0; i < 5; ++i) Add(1);
  Make();
  for (uint32_t i = 0; i < 5; ++i) SetHealth(i, Health::kUnhealthy);
  const std::string envoy = "gflhijoinffiifhjgjlghggjiohhmjfohmgkigifgmmkfikglihoighlhflj";
  const std::string ours = LettersOfKeys(60);
  for (size_t i = 0; i < envoy.size(); ++i) {
    // Level 1 is whole: its ring is the same. Level 0 of Envoy is a ring of the healthy ones alone.
    if (envoy[i] >= 'k') {
      EXPECT_EQ(ours[i], envoy[i]) << i;
    } else {
      EXPECT_TRUE(ours[i] >= 'f' && ours[i] <= 'j') << i;
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Policies, EnvoysChoiceTest,
                         testing::Values(PolicyKind::kRingHash, PolicyKind::kMaglev));

}  // namespace
}  // namespace sluice::balance
