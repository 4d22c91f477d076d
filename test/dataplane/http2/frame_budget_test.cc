#include "dataplane/http2/frame_budget.h"

#include <gtest/gtest.h>

namespace sluice::http2 {
namespace {

TEST(FrameBudgetTest, IsUsedUpByABurst) {
  FrameBudget budget(100);
  for (int i = 0; i < 100; ++i) EXPECT_TRUE(budget.Spend());
  EXPECT_FALSE(budget.Spend());
  budget.Earn();
  for (uint32_t i = 0; i < FrameBudget::kEarned; ++i) EXPECT_TRUE(budget.Spend());
  EXPECT_FALSE(budget.Spend());
}

TEST(FrameBudgetTest, NeverHoldsMoreThanTheBurst) {
  FrameBudget budget(15);
  for (int i = 0; i < 1000; ++i) budget.Earn();
  for (int i = 0; i < 15; ++i) EXPECT_TRUE(budget.Spend());
  EXPECT_FALSE(budget.Spend());
}

TEST(ControlQueueTest, ForgetsWhatWasWritten) {
  ControlQueue queue;
  queue.Add(17);
  queue.Add(34);
  EXPECT_EQ(queue.size(), 2u);
  queue.Written(34);
  EXPECT_EQ(queue.size(), 0u);
}

TEST(ControlQueueTest, GrowsWhileNothingIsWritten) {
  ControlQueue queue;
  for (uint64_t i = 1; i <= 1000; ++i) {
    queue.Add(17 * i);
    queue.Written(0);
  }
  EXPECT_EQ(queue.size(), 1000u);
}

TEST(ControlQueueTest, FollowsAReaderThatIsAlwaysBehind) {
  ControlQueue queue;
  for (uint64_t i = 1; i <= 10'000; ++i) {
    queue.Add(17 * i);
    queue.Written(i > 50 ? 17 * (i - 50) : 0);
    ASSERT_GE(queue.size(), std::min<uint64_t>(i, 50));
    ASSERT_LE(queue.size(), 101u);
  }
}

}  // namespace
}  // namespace sluice::http2
