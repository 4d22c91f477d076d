#include "dataplane/main/route_waits.h"

#include <gtest/gtest.h>

#include "test/support/manual_clock.h"

namespace sluice::main {
namespace {

class RouteWaitsTest : public testing::Test {
 protected:
  void Pass(int seconds) {
    for (int i = 0; i < 10 * seconds; ++i) {
      clock.Advance(std::chrono::milliseconds(100));
      loop.RunUntilIdle();
    }
  }
  test::ManualClock clock;
  event::Loop loop{clock};
  int over = 0;
  RouteWaits waits{loop, std::chrono::seconds(15), [this] { ++over; }};
};

TEST_F(RouteWaitsTest, GivesANameUpAfterItsOwnLimit) {
  waits.Follow({"a"});
  Pass(10);
  waits.Follow({"a", "b"});
  Pass(6);
  EXPECT_EQ(over, 1);
  EXPECT_EQ(waits.given_up(), std::set<std::string>{"a"});
  Pass(10);
  EXPECT_EQ(over, 2);
  EXPECT_EQ(waits.given_up(), (std::set<std::string>{"a", "b"}));
}

TEST_F(RouteWaitsTest, WhatCameIsNotGivenUp) {
  waits.Follow({"a"});
  Pass(10);
  waits.Follow({});
  Pass(20);
  EXPECT_EQ(over, 0);
  EXPECT_TRUE(waits.empty());
}

TEST_F(RouteWaitsTest, ANameThatCameMayBeWaitedForAgain) {
  waits.Follow({"a"});
  Pass(16);
  waits.Forget("a");
  EXPECT_TRUE(waits.given_up().empty());
  waits.Follow({"a"});
  Pass(16);
  EXPECT_EQ(over, 2);
}

TEST_F(RouteWaitsTest, ZeroWaitsForEver) {
  RouteWaits forever(loop, base::Duration::zero(), [this] { ++over; });
  forever.Follow({"a"});
  Pass(100);
  EXPECT_EQ(over, 0);
}

}  // namespace
}  // namespace sluice::main
