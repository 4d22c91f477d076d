#include "controlplane/discovery/leases.h"

#include <gtest/gtest.h>

#include <random>

#include "test/controlplane/discovery/endpoints.h"

namespace sluice::discovery {
namespace {

using std::chrono::seconds;

constexpr base::MonoTime kStart{std::chrono::hours(1)};
constexpr base::Duration kTtl = seconds(15);

class LeasesTest : public testing::Test {
 protected:
  static std::string Id(uint32_t i) { return "lease" + std::to_string(i); }
  void Add(uint32_t first, uint32_t count, base::MonoTime now) {
    for (uint32_t i = first; i < first + count; ++i) {
      leases_.Put({Id(i), "a/x", "i" + std::to_string(i), At("10.0.0.1", 1000 + i), kTtl},
                  now + kTtl, outcome_);
    }
  }
  void Beat(uint32_t first, uint32_t count, base::MonoTime now) {
    for (uint32_t i = first; i < first + count; ++i) {
      EXPECT_TRUE(leases_.Touch(Id(i), now, outcome_)) << i;
    }
  }
  void Advance(base::MonoTime now) { leases_.Advance(now, outcome_); }
  size_t Present() const { return leases_.Present("a/x").size(); }

  Leases leases_;
  Leases::Outcome outcome_;
};

TEST_F(LeasesTest, ALeaseEndsOneTtlAfterItsLastHeartbeat) {
  Add(0, 2, kStart);
  Beat(0, 1, kStart + seconds(10));
  Advance(kStart + seconds(14));
  EXPECT_EQ(Present(), 2u);
  Advance(kStart + seconds(15));
  EXPECT_EQ(Present(), 1u);
  EXPECT_EQ(leases_.next_due(), kStart + seconds(25));
}

TEST_F(LeasesTest, ALostLeaseThatIsHeardFromIsBack) {
  Add(0, 1, kStart);
  Advance(kStart + seconds(20));
  EXPECT_EQ(Present(), 0u);
  EXPECT_TRUE(outcome_.forgotten.empty()) << "still stored";
  Beat(0, 1, kStart + seconds(21));
  EXPECT_EQ(Present(), 1u);
}

TEST_F(LeasesTest, ALostLeaseIsForgottenAfterAnotherTtl) {
  Add(0, 1, kStart);
  Advance(kStart + seconds(15));
  Advance(kStart + seconds(30));
  EXPECT_EQ(outcome_.forgotten, std::vector<std::string>{"lease0"});
  EXPECT_FALSE(leases_.Touch("lease0", kStart + seconds(30), outcome_));
  EXPECT_EQ(leases_.next_due(), base::kNever);
}

TEST_F(LeasesTest, AHeartbeatDoesNotShortenALongerLease) {
  leases_.Put({"l", "a/x", "i", At("10.0.0.1", 80), kTtl}, kStart + seconds(45), outcome_);
  leases_.Touch("l", kStart + seconds(1), outcome_);
  Advance(kStart + seconds(44));
  EXPECT_EQ(Present(), 1u);
}

TEST_F(LeasesTest, AGoodbyeIsNoLoss) {
  Add(0, 20, kStart);
  for (uint32_t i = 0; i < 19; ++i) EXPECT_TRUE(leases_.Remove(Id(i), outcome_));
  EXPECT_FALSE(leases_.Remove(Id(0), outcome_));
  Advance(kStart + seconds(1));
  EXPECT_EQ(Present(), 1u);
  EXPECT_FALSE(leases_.holding());
  EXPECT_EQ(outcome_.forgotten.size(), 19u);
}

TEST_F(LeasesTest, HoldsWhenOverHalfAndTenFallSilent) {
  Add(0, 20, kStart);
  Beat(0, 9, kStart + seconds(10));
  Advance(kStart + seconds(15));
  EXPECT_TRUE(leases_.holding());
  EXPECT_EQ(leases_.held_lost(), 11u);
  EXPECT_EQ(leases_.held_of(), 20u);
  EXPECT_EQ(Present(), 20u);
  Beat(0, 9, kStart + seconds(15));
  Advance(kStart + seconds(25));
  EXPECT_EQ(Present(), 20u) << "for as long as it takes";
}

TEST_F(LeasesTest, HalfOrFewerThanTenAreBelieved) {
  Add(0, 20, kStart);
  Beat(0, 10, kStart + seconds(10));
  Advance(kStart + seconds(15));
  EXPECT_FALSE(leases_.holding());
  EXPECT_EQ(Present(), 10u);
}

TEST_F(LeasesTest, NineOfNineAreBelieved) {
  Add(0, 9, kStart);
  Advance(kStart + seconds(15));
  EXPECT_EQ(Present(), 0u);
  EXPECT_FALSE(leases_.holding());
}

TEST_F(LeasesTest, ThoseThatWentFirstComeBackWhenTheLossTurnsOutLarge) {
  for (uint32_t i = 0; i < 20; ++i) Add(i, 1, kStart + std::chrono::milliseconds(500) * i);
  for (int half_seconds = 0; half_seconds < 10; ++half_seconds) {
    Advance(kStart + kTtl + std::chrono::milliseconds(500) * half_seconds);
  }
  EXPECT_EQ(Present(), 10u);
  Advance(kStart + kTtl + std::chrono::milliseconds(500) * 10);
  EXPECT_TRUE(leases_.holding());
  EXPECT_EQ(Present(), 20u);
  EXPECT_TRUE(outcome_.forgotten.empty());
}

TEST_F(LeasesTest, TheHoldEndsWhenHalfIsBackAndTheRestHasOneMoreTtl) {
  Add(0, 20, kStart);
  const base::MonoTime late = kStart + seconds(60);
  Advance(late);
  ASSERT_TRUE(leases_.holding());
  Beat(0, 9, late);
  Advance(late);
  EXPECT_TRUE(leases_.holding());
  Beat(9, 1, late);
  Advance(late);
  EXPECT_FALSE(leases_.holding());
  EXPECT_EQ(Present(), 20u);
  Beat(0, 10, late + seconds(10));
  Advance(late + seconds(15));
  EXPECT_EQ(Present(), 10u);
}

TEST_F(LeasesTest, SomebodyMayBelieveTheLoss) {
  Add(0, 20, kStart);
  Advance(kStart + seconds(15));
  ASSERT_TRUE(leases_.holding());
  leases_.Release(kStart + seconds(16), outcome_);
  EXPECT_EQ(Present(), 0u);
  EXPECT_EQ(outcome_.forgotten.size(), 20u);
  Advance(kStart + seconds(17));
  EXPECT_FALSE(leases_.holding());
}

TEST_F(LeasesTest, OutcomesNameTheServicesThatChanged) {
  Add(0, 1, kStart);
  leases_.Put({"b", "b/y", "i", At("10.0.0.2", 80), kTtl}, kStart + seconds(99), outcome_);
  outcome_ = {};
  Beat(0, 1, kStart + seconds(1));
  EXPECT_TRUE(outcome_.services.empty());
  Advance(kStart + seconds(16));
  EXPECT_EQ(outcome_.services, std::set<std::string>{"a/x"});
}

// Whatever happens, a lease that was heard from within its TTL is present.
TEST_F(LeasesTest, NoLivelyLeaseIsEverMissing) {
  std::mt19937 random(20261124);
  std::map<std::string, base::MonoTime> heard;
  base::MonoTime now = kStart;
  for (int step = 0; step < 5'000; ++step) {
    now += std::chrono::milliseconds(random() % 2000);
    const uint32_t i = random() % 40;
    if (random() % 50 == 0) now += seconds(20);  // A partition.
    if (!leases_.Touch(Id(i), now, outcome_)) Add(i, 1, now);
    heard[Id(i)] = now;
    Advance(now);
    EXPECT_GT(leases_.next_due(), now);
    const std::string present = Text(leases_.Present("a/x")) + " ";
    for (const auto& [id, at] : heard) {
      if (now - at >= kTtl) continue;
      EXPECT_NE(present.find(":" + std::to_string(1000 + std::stoi(id.substr(5))) + " "),
                std::string::npos)
          << id;
    }
  }
}

}  // namespace
}  // namespace sluice::discovery
