#include "dataplane/worker/pool_trimmer.h"

#include <gtest/gtest.h>

#include <vector>

#include "test/support/manual_clock.h"

namespace sluice::worker {
namespace {

class PoolTrimmerTest : public testing::Test {
 protected:
  // Has `count` of the largest blocks at once, then none.
  void Burst(int count) {
    std::vector<buffer::Block*> blocks;
    for (int i = 0; i < count; ++i) blocks.push_back(pool.Take(60'000));
    for (buffer::Block* block : blocks) buffer::BlockPool::Release(block);
    trimmer.EndTurn();
  }
  void Pass(base::Duration time) {
    clock.Advance(time);
    loop.RunUntilIdle();
    trimmer.EndTurn();
  }

  test::ManualClock clock;
  event::Loop loop{clock};
  buffer::BlockPool pool;
  PoolTrimmer trimmer{loop, pool};
};

TEST_F(PoolTrimmerTest, MemoryFallsAfterABurstAndTheTimerRests) {
  Burst(200);
  EXPECT_GT(pool.bytes_free(), 12'000'000u);
  for (int i = 0; i < 3; ++i) Pass(PoolTrimmer::kPeriod + std::chrono::milliseconds(10));
  EXPECT_LE(pool.bytes_free(), PoolTrimmer::kKept);
  EXPECT_GT(pool.bytes_free(), 0u) << "it stays warm";
  EXPECT_EQ(loop.timers().UntilNext(clock.Now()), base::Duration::max()) << "it is not woken again";
}

TEST_F(PoolTrimmerTest, WhatIsUsedInEveryPeriodIsKept) {
  for (int i = 0; i < 5; ++i) {
    Burst(100);
    Pass(PoolTrimmer::kPeriod + std::chrono::milliseconds(10));
  }
  EXPECT_EQ(pool.bytes_free(), 100 * size_t{buffer::kBlockSizes[3]});
}

TEST_F(PoolTrimmerTest, ASmallPoolHasNoTimer) {
  Burst(10);
  EXPECT_EQ(loop.timers().UntilNext(clock.Now()), base::Duration::max());
}

}  // namespace
}  // namespace sluice::worker
