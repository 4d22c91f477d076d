#include "dataplane/balance/level_choice.h"

#include <gtest/gtest.h>

#include <deque>
#include <map>

namespace sluice::balance {
namespace {

class LevelChoiceTest : public testing::Test {
 protected:
  // A level of so many members by health.
  void AddLevel(int healthy, int degraded, int unhealthy, uint32_t weight = 1) {
    for (const auto& [count, health] : {std::pair(healthy, Health::kHealthy),
                                        std::pair(degraded, Health::kDegraded),
                                        std::pair(unhealthy, Health::kUnhealthy)}) {
      for (int i = 0; i < count; ++i) {
        owned_.emplace_back();
        owned_.back().health = health;
        states_.push_back(&owned_.back());
        places_.push_back({levels_, 0, weight});
      }
    }
    ++levels_;
  }
  LevelChoice& Choice() {
    choice_ = std::make_unique<LevelChoice>(places_, parts_, provisioning_, panic_percent_, states_);
    return *choice_;
  }
  void SetHealth(uint32_t member, Health health) {
    const Health before = owned_[member].health.exchange(health);
    choice_->Move(member, before, health);
  }
  // Per cent of the requests by level and whom they may find.
  using Loads = std::map<std::pair<uint32_t, Serve>, int>;
  static Loads LoadsOf(const LevelChoice& choice) {
    Loads loads;
    for (uint64_t hash = 0; hash < 100; ++hash) {
      const LevelChoice::Choice one = choice.For(hash);
      ++loads[{one.level, one.serve}];
    }
    return loads;
  }

  std::deque<EndpointState> owned_;
  std::vector<const EndpointState*> states_;
  std::vector<MemberPlace> places_;
  std::vector<uint32_t> parts_;
  Provisioning provisioning_;
  uint32_t panic_percent_ = 50;
  uint32_t levels_ = 0;
  std::unique_ptr<LevelChoice> choice_;
};

using enum Serve;

// Envoy's documented figures for priority levels: 72 % healthy at a factor of 1.4 is enough.
TEST_F(LevelChoiceTest, TheFirstLevelServesAllWhileItsAvailabilityIsFull) {
  AddLevel(72, 0, 28), AddLevel(100, 0, 0);
  EXPECT_EQ(LoadsOf(Choice()), (Loads{{{0, kHealthy}, 100}}));
  EXPECT_FALSE(choice_->ChoosesByHash());
}

TEST_F(LevelChoiceTest, LoadSpillsInProportionToWhatIsMissing) {
  AddLevel(71, 0, 29), AddLevel(100, 0, 0);
  EXPECT_EQ(LoadsOf(Choice()), (Loads{{{0, kHealthy}, 99}, {{1, kHealthy}, 1}}));
  owned_.clear(), states_.clear(), places_.clear(), levels_ = 0;
  AddLevel(50, 0, 50), AddLevel(60, 0, 40), AddLevel(1, 0, 0);
  EXPECT_EQ(LoadsOf(Choice()), (Loads{{{0, kHealthy}, 70}, {{1, kHealthy}, 30}}));
}

TEST_F(LevelChoiceTest, SharesGrowWhenAllLevelsTogetherAreNotEnough) {
  panic_percent_ = 0;
  AddLevel(20, 0, 80), AddLevel(20, 0, 80);
  EXPECT_EQ(LoadsOf(Choice()), (Loads{{{0, kHealthy}, 50}, {{1, kHealthy}, 50}}));
}

// The example of the comment in Envoy's sources: 10, 20, 10 % healthy, 20, 10, 0 % degraded.
TEST_F(LevelChoiceTest, DegradedMembersTakeWhatHealthyOnesCannot) {
  panic_percent_ = 0;
  provisioning_.factor_percent = 100;
  AddLevel(10, 20, 70), AddLevel(20, 10, 70), AddLevel(10, 0, 90);
  EXPECT_EQ(LoadsOf(Choice()),
            (Loads{{{0, kHealthy}, 16}, {{1, kHealthy}, 28}, {{2, kHealthy}, 14},
                   {{0, kDegraded}, 28}, {{1, kDegraded}, 14}}));
}

TEST_F(LevelChoiceTest, ALevelBelowTheThresholdServesAllOfItsMembersWhenNothingElseIsThere) {
  AddLevel(20, 0, 80);
  EXPECT_EQ(LoadsOf(Choice()), (Loads{{{0, kAnybody}, 100}}));
  panic_percent_ = 20;
  EXPECT_EQ(LoadsOf(Choice()), (Loads{{{0, kHealthy}, 100}}));
}

TEST_F(LevelChoiceTest, ALevelBelowTheThresholdDoesNotPanicWhileOthersCanTakeTheLoad) {
  AddLevel(20, 0, 80), AddLevel(100, 0, 0);
  EXPECT_EQ(LoadsOf(Choice()), (Loads{{{0, kHealthy}, 28}, {{1, kHealthy}, 72}}));
}

TEST_F(LevelChoiceTest, LoadFollowsTheNumberOfMembersWhenEveryLevelPanics) {
  AddLevel(0, 0, 30), AddLevel(1, 0, 59), AddLevel(0, 0, 10);
  EXPECT_EQ(LoadsOf(Choice()),
            (Loads{{{0, kAnybody}, 30}, {{1, kAnybody}, 60}, {{2, kAnybody}, 10}}));
}

TEST_F(LevelChoiceTest, NobodyServesWhenAllAreDownAndPanicIsOff) {
  panic_percent_ = 0;
  AddLevel(0, 0, 3), AddLevel(0, 0, 3);
  EXPECT_EQ(LoadsOf(Choice()), (Loads{{{0, kNobody}, 100}}));
  SetHealth(4, Health::kDegraded);
  EXPECT_EQ(LoadsOf(*choice_), (Loads{{{1, kDegraded}, 100}}));
}

TEST_F(LevelChoiceTest, WeightsCountWhereTheAssignmentSaysSo) {
  AddLevel(10, 0, 0, 1), AddLevel(1, 0, 0);
  for (uint32_t i = 0; i < 5; ++i) places_[i].weight = 5;  // 30 in all
  for (uint32_t i = 0; i < 3; ++i) owned_[i].health = Health::kUnhealthy;
  EXPECT_EQ(LoadsOf(Choice()), (Loads{{{0, kHealthy}, 98}, {{1, kHealthy}, 2}}));
  provisioning_.weighted_by_endpoint = true;  // 15 of 30
  EXPECT_EQ(LoadsOf(Choice()), (Loads{{{0, kHealthy}, 70}, {{1, kHealthy}, 30}}));
}

TEST_F(LevelChoiceTest, FollowsEveryChangeOfHealthAsIfItWereMadeAnew) {
  AddLevel(10, 0, 0), AddLevel(5, 0, 0), AddLevel(3, 0, 0);
  Choice();
  uint64_t random = 12345;
  for (int i = 0; i < 2000; ++i) {
    random = random * 6364136223846793005u + 1442695040888963407u;
    SetHealth((random >> 33) % 18, static_cast<Health>((random >> 55) % 3));
    const LevelChoice fresh(places_, parts_, provisioning_, panic_percent_, states_);
    ASSERT_EQ(LoadsOf(*choice_), LoadsOf(fresh)) << i;
  }
}

TEST_F(LevelChoiceTest, ALocalityLosesWeightOnlyAsFarAsProvisioningDoesNotCoverIt) {
  AddLevel(10, 0, 0);
  for (uint32_t i = 0; i < 10; ++i) places_[i].part = i < 5 ? 0 : 1;
  parts_ = {3, 1};
  Choice();
  const auto share = [&] {
    int first = 0;
    for (int i = 0; i < 1000; ++i) first += choice_->PickPart(0, 2, kHealthy, i / 1000.0) == 0;
    return first;
  };
  EXPECT_EQ(share(), 750);
  SetHealth(0, Health::kUnhealthy);
  EXPECT_EQ(share(), 750) << "4 of 5 are 112 %";
  SetHealth(1, Health::kUnhealthy), SetHealth(2, Health::kUnhealthy);
  EXPECT_NEAR(share(), 1000 * 1.68 / 2.68, 1) << "2 of 5 are 56 % of 3";
  SetHealth(3, Health::kUnhealthy), SetHealth(4, Health::kUnhealthy);
  EXPECT_EQ(share(), 0);
  for (uint32_t i = 5; i < 10; ++i) SetHealth(i, Health::kUnhealthy);
  EXPECT_EQ(choice_->PickPart(0, 2, kHealthy, 0.5), LevelChoice::kNoPart);
}

}  // namespace
}  // namespace sluice::balance
