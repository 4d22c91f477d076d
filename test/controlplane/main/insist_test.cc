#include "controlplane/main/insist.h"

#include <gtest/gtest.h>

#include "test/support/manual_clock.h"

namespace sluice::main {
namespace {

class InsistTest : public testing::Test {
 protected:
  void Begin(int failures) {
    failures_ = failures;
    Insist(
        disk_, "it",
        [this] {
          ++tries_;
          return tries_ <= failures_ ? absl::UnavailableError("full") : absl::OkStatus();
        },
        [this] { ++done_; });
    disk_.RunUntilIdle();
  }
  void Pass(base::Duration time) {
    clock_.Advance(time);
    disk_.RunUntilIdle();
  }

  test::ManualClock clock_;
  strand::Strand disk_{clock_};
  int failures_ = 0, tries_ = 0, done_ = 0;
};

TEST_F(InsistTest, WhatTheStoreTakesIsDoneOnce) {
  Begin(0);
  EXPECT_EQ(tries_, 1);
  EXPECT_EQ(done_, 1);
  Pass(kLastPause * 2);
  EXPECT_EQ(tries_, 1);
}

TEST_F(InsistTest, WhatItDoesNotTakeIsTriedAgainAfterPausesThatGrow) {
  Begin(2);
  EXPECT_EQ(done_, 0);
  Pass(kFirstPause);
  EXPECT_EQ(tries_, 2);
  Pass(kFirstPause);
  EXPECT_EQ(tries_, 2);
  Pass(kFirstPause);
  EXPECT_EQ(tries_, 3);
  EXPECT_EQ(done_, 1);
}

TEST_F(InsistTest, PausesDoNotGrowBeyondTheLast) {
  Begin(100);
  for (base::Duration pause = kFirstPause; pause < kLastPause; pause *= 2) Pass(pause);
  const int before = tries_;
  Pass(kLastPause);
  Pass(kLastPause);
  EXPECT_EQ(tries_, before + 2);
}

}  // namespace
}  // namespace sluice::main
