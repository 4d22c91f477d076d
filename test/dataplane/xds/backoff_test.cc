#include "dataplane/xds/backoff.h"

#include <gtest/gtest.h>

namespace sluice::xds {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

TEST(BackoffTest, R69DoublesUpToTheCapAndBeginsAnewAfterAReset) {
  Backoff backoff(milliseconds(500), seconds(3));
  EXPECT_EQ(backoff.Next(), milliseconds(500));
  EXPECT_EQ(backoff.Next(), seconds(1));
  EXPECT_EQ(backoff.Next(), seconds(2));
  EXPECT_EQ(backoff.Next(), seconds(3));
  EXPECT_EQ(backoff.Next(), seconds(3));
  backoff.Reset();
  EXPECT_EQ(backoff.Next(), milliseconds(500));
}

TEST(BackoffTest, R69JitterCoversTheWholeSpanAndNeverMore) {
  base::Random random(7);
  base::Duration least = base::Duration::max();
  base::Duration most{0};
  for (int i = 0; i < 1000; ++i) {
    Backoff backoff(milliseconds(500), seconds(30));
    const base::Duration wait = backoff.NextWithJitter(random);
    least = std::min(least, wait);
    most = std::max(most, wait);
  }
  EXPECT_LT(least, milliseconds(10));
  EXPECT_GT(most, milliseconds(490));
  EXPECT_LT(most, milliseconds(500));
}

}  // namespace
}  // namespace sluice::xds
