#include "dataplane/proxy/date_cache.h"

#include <gtest/gtest.h>

#include "test/support/manual_clock.h"

namespace sluice::proxy {
namespace {

TEST(DateCacheTest, ChangesWithTheSecondAndNotBefore) {
  test::ManualClock clock;
  DateCache date(clock);
  EXPECT_EQ(date.Get(clock.Now()), "date: Thu, 01 Jan 2026 00:16:40 GMT\r\n");
  clock.Advance(std::chrono::milliseconds(999));
  EXPECT_EQ(date.Get(clock.Now()), "date: Thu, 01 Jan 2026 00:16:40 GMT\r\n");
  clock.Advance(std::chrono::milliseconds(1));
  EXPECT_EQ(date.Get(clock.Now()), "date: Thu, 01 Jan 2026 00:16:41 GMT\r\n");
}

TEST(DateCacheTest, FollowsAClockThatWasSet) {
  test::ManualClock clock;
  DateCache date(clock);
  (void)date.Get(clock.Now());
  clock.JumpWall(std::chrono::hours(-1));
  clock.Advance(std::chrono::seconds(1));
  EXPECT_EQ(date.Get(clock.Now()), "date: Wed, 31 Dec 2025 23:16:41 GMT\r\n");
}

}  // namespace
}  // namespace sluice::proxy
