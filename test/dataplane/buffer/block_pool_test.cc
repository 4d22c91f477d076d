#include "dataplane/buffer/block_pool.h"

#include <gtest/gtest.h>

#include <cstring>
#include <vector>

namespace sluice::buffer {
namespace {

TEST(BlockPoolTest, TakesTheSmallestClassThatFits) {
  BlockPool pool;
  constexpr size_t kHeader = sizeof(Block);
  const struct {
    size_t bytes;
    uint32_t whole;
  } cases[] = {
      {0, 512},           {1, 512},           {512 - kHeader, 512},     {513 - kHeader, 4096},
      {4096 - kHeader, 4096}, {4097 - kHeader, 16384}, {16385 - kHeader, 65536},
      {65536 - kHeader, 65536},
  };
  for (const auto& c : cases) {
    Block* block = pool.Take(c.bytes);
    EXPECT_EQ(block->capacity + kHeader, c.whole) << c.bytes;
    EXPECT_EQ(block->refs, 1u);
    EXPECT_EQ(pool.bytes_in_use(), c.whole);
    std::memset(block->data(), 0x5a, block->capacity);
    BlockPool::Release(block);
    EXPECT_EQ(pool.bytes_in_use(), 0u);
  }
}

TEST(BlockPoolTest, GivesTheLastReleasedBlockFirst) {
  BlockPool pool;
  Block* a = pool.Take(100);
  Block* b = pool.Take(100);
  BlockPool::Release(a);
  BlockPool::Release(b);
  EXPECT_EQ(pool.bytes_free(), 1024u);
  EXPECT_EQ(pool.Take(100), b);
  EXPECT_EQ(pool.Take(100), a);
  EXPECT_EQ(pool.bytes_free(), 0u);
  BlockPool::Release(a);
  BlockPool::Release(b);
}

TEST(BlockPoolTest, KeepsABlockUntilItsLastReferenceGoes) {
  BlockPool pool;
  Block* block = pool.Take(10);
  ++block->refs;
  BlockPool::Release(block);
  EXPECT_EQ(pool.bytes_in_use(), 512u);
  BlockPool::Release(block);
  EXPECT_EQ(pool.bytes_in_use(), 0u);
}

TEST(BlockPoolTest, MakesALargerBlockToMeasureAndKeepsItNot) {
  BlockPool pool;
  Block* block = pool.Take(100'000);
  EXPECT_EQ(block->capacity, 100'000u);
  EXPECT_EQ(pool.bytes_in_use(), 100'000 + sizeof(Block));
  BlockPool::Release(block);
  EXPECT_EQ(pool.bytes_in_use(), 0u);
  EXPECT_EQ(pool.bytes_free(), 0u);
}

TEST(BlockPoolTest, TrimKeepsWhatItIsToldToAndFreesLargeBlocksFirst) {
  BlockPool pool;
  std::vector<Block*> blocks;
  for (int i = 0; i < 4; ++i) blocks.push_back(pool.Take(60'000));
  for (int i = 0; i < 4; ++i) blocks.push_back(pool.Take(4000));
  for (Block* block : blocks) BlockPool::Release(block);
  pool.Trim();
  pool.Trim(65536 + 4 * 4096);
  EXPECT_EQ(pool.bytes_free(), 65536 + 4 * 4096u);
}

TEST(BlockPoolTest, TrimFreesOnlyWhatWasIdleSinceTheLastTrim) {
  BlockPool pool;
  std::vector<Block*> blocks;
  for (int i = 0; i < 10; ++i) blocks.push_back(pool.Take(4000));
  for (Block* block : blocks) BlockPool::Release(block);
  pool.Trim();  // all ten were in use since the start
  EXPECT_EQ(pool.bytes_free(), 10 * 4096u);
  blocks.clear();
  for (int i = 0; i < 4; ++i) blocks.push_back(pool.Take(4000));
  for (Block* block : blocks) BlockPool::Release(block);
  BlockPool::Release(pool.Take(4000));
  pool.Trim();  // six were not needed
  EXPECT_EQ(pool.bytes_free(), 4 * 4096u);
  pool.Trim();
  EXPECT_EQ(pool.bytes_free(), 0u);
}

#ifndef NDEBUG
TEST(BlockPoolDeathTest, ABlockMustNotOutliveItsPool) {
  EXPECT_DEATH(
      {
        BlockPool pool;
        pool.Take(1);
      },
      "no block outlives its pool");
}
#endif

}  // namespace
}  // namespace sluice::buffer
