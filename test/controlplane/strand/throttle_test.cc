#include "controlplane/strand/throttle.h"

#include <gtest/gtest.h>

#include "test/support/manual_clock.h"

namespace sluice::strand {
namespace {

constexpr base::Duration kPause = std::chrono::milliseconds(100);

class ThrottleTest : public testing::Test {
 protected:
  void Pass(base::Duration time) {
    clock_.Advance(time);
    strand_.RunUntilIdle();
  }

  test::ManualClock clock_;
  Strand strand_{clock_};
  int runs_ = 0;
  std::unique_ptr<Throttle> throttle_ = std::make_unique<Throttle>(strand_, kPause, [this] { ++runs_; });
};

TEST_F(ThrottleTest, TheFirstRunsAtOnceAndTheOthersShareOne) {
  for (int i = 0; i < 1000; ++i) throttle_->Ask();
  EXPECT_EQ(runs_, 1);
  Pass(kPause);
  EXPECT_EQ(runs_, 2);
  Pass(kPause * 10);
  EXPECT_EQ(runs_, 2);
}

TEST_F(ThrottleTest, ThePauseBeginsAnewWithEachRun) {
  throttle_->Ask();
  Pass(kPause / 2);
  throttle_->Ask();
  Pass(kPause / 2);
  EXPECT_EQ(runs_, 2);
  throttle_->Ask();
  EXPECT_EQ(runs_, 2);
  Pass(kPause);
  EXPECT_EQ(runs_, 3);
  Pass(kPause);
  throttle_->Ask();
  EXPECT_EQ(runs_, 4);
}

TEST_F(ThrottleTest, WhatIsDueWhenItDiesDoesNotRun) {
  throttle_->Ask();
  throttle_->Ask();
  throttle_.reset();
  Pass(kPause);
  EXPECT_EQ(runs_, 1);
}

}  // namespace
}  // namespace sluice::strand
