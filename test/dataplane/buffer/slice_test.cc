#include <gtest/gtest.h>

#include <utility>

#include "dataplane/buffer/buffer.h"

namespace sluice::buffer {
namespace {

TEST(SliceTest, CopyOwnsItsBytes) {
  BlockPool pool;
  std::string text = "hello";
  const Slice slice = Slice::Copy(pool, text);
  text = "xxxxx";
  EXPECT_EQ(slice.view(), "hello");
  EXPECT_EQ(pool.bytes_in_use(), 512u);
}

TEST(SliceTest, ACopyOfNothingTakesNoBlock) {
  BlockPool pool;
  EXPECT_TRUE(Slice::Copy(pool, "").empty());
  EXPECT_EQ(pool.bytes_in_use(), 0u);
}

TEST(SliceTest, ShareKeepsTheBlockAfterTheFirstSliceDied) {
  BlockPool pool;
  Slice second;
  {
    Slice first = Slice::Copy(pool, "hello");
    second = first.Share();
    first.RemovePrefix(4);
    EXPECT_EQ(first.view(), "o");
  }
  EXPECT_EQ(second.view(), "hello");
  second = Slice();
  EXPECT_EQ(pool.bytes_in_use(), 0u);
}

TEST(SliceTest, MovingLeavesAnEmptySliceAndReleasesTheTarget) {
  BlockPool pool;
  Slice a = Slice::Copy(pool, "a");
  Slice b = Slice::Copy(pool, "b");
  b = std::move(a);
  EXPECT_TRUE(a.empty());
  EXPECT_EQ(b.view(), "a");
  EXPECT_EQ(pool.bytes_in_use(), 512u);
  Slice& same = b;
  b = std::move(same);
  EXPECT_EQ(b.view(), "a");
}

TEST(SliceTest, StaticBytesHaveNoBlock) {
  const Slice slice = Slice::Static("HTTP/1.1 ");
  EXPECT_EQ(slice.block(), nullptr);
  EXPECT_EQ(slice.Share().view(), "HTTP/1.1 ");
}

TEST(SliceTest, AdoptViewsAPartOfABlock) {
  BlockPool pool;
  Block* block = pool.Take(10);
  std::copy_n("0123456789", 10, block->data());
  Slice slice = Slice::Adopt(block, 2, 8);
  slice.RemoveSuffix(1);
  slice.RemovePrefix(1);
  EXPECT_EQ(slice.view(), "3456");
}

TEST(SliceDeathTest, IsNotCutBeyondItsBytes) {
  Slice slice = Slice::Static("abc");
  EXPECT_DEATH(slice.RemovePrefix(4), "cut beyond");
  EXPECT_DEATH(slice.RemoveSuffix(4), "cut beyond");
}

}  // namespace
}  // namespace sluice::buffer
