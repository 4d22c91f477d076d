#include "dataplane/base/clock.h"

#include <gtest/gtest.h>

#include <ctime>

namespace sluice::base {
namespace {

TEST(SystemClockTest, MonotonicTimeIsTheKernelsAndDoesNotGoBack) {
  const SystemClock clock;
  MonoTime last = clock.Now();
  for (int i = 0; i < 1000; ++i) {
    timespec ts;
    clock_gettime(CLOCK_MONOTONIC, &ts);
    const MonoTime kernel(std::chrono::seconds(ts.tv_sec) + std::chrono::nanoseconds(ts.tv_nsec));
    EXPECT_GE(kernel, last);
    last = clock.Now();
    EXPECT_GE(last, kernel);
  }
  EXPECT_LT(last, kNever);
}

TEST(SystemClockTest, WallTimeIsTheTimeOfDay) {
  const auto wall = std::chrono::system_clock::to_time_t(SystemClock().WallNow());
  EXPECT_NEAR(static_cast<double>(wall), static_cast<double>(std::time(nullptr)), 5);
}

}  // namespace
}  // namespace sluice::base
