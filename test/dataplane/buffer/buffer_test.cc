#include "dataplane/buffer/buffer.h"

#include <gtest/gtest.h>

#include <array>
#include <cstring>
#include <string>

namespace sluice::buffer {
namespace {

void Write(Buffer& buffer, BlockPool& pool, std::string_view text) {
  const std::span<char> room = buffer.Reserve(pool, text.size());
  ASSERT_GE(room.size(), text.size());
  std::memcpy(room.data(), text.data(), text.size());
  buffer.Commit(text.size());
}

TEST(BufferTest, DropsEmptySlices) {
  Buffer buffer;
  buffer.Append(Slice());
  EXPECT_TRUE(buffer.empty());
  EXPECT_EQ(buffer.slice_count(), 0u);
}

TEST(BufferTest, IsAFifoOfSlicesBeyondItsInlineRoom) {
  BlockPool pool;
  Buffer buffer;
  std::string expected;
  for (int i = 0; i < 100; ++i) {
    const std::string text = std::to_string(i) + ",";
    buffer.Append(Slice::Copy(pool, text));
    expected += text;
    if (i % 3 == 0) {
      expected.erase(0, buffer.PopFront().size());
    }
  }
  EXPECT_EQ(buffer.ToString(), expected);
  EXPECT_EQ(buffer.size(), expected.size());
}

TEST(BufferTest, NeighbouringCommitsMakeOneSlice) {
  BlockPool pool;
  Buffer buffer;
  Write(buffer, pool, "abc");
  Write(buffer, pool, "def");
  EXPECT_EQ(buffer.slice_count(), 1u);
  EXPECT_EQ(buffer.front(), "abcdef");
  EXPECT_EQ(pool.bytes_in_use(), 512u);
}

TEST(BufferTest, ReserveUsesTheWholeBlockAgainOnceItsBytesWereDrained) {
  BlockPool pool;
  Buffer buffer;
  Write(buffer, pool, std::string(400, 'x'));
  buffer.Drain(400);
  EXPECT_EQ(buffer.Reserve(pool, 1).size(), 512 - sizeof(Block));
  EXPECT_EQ(pool.bytes_in_use(), 512u);
  buffer.ReleaseReserve();
  EXPECT_EQ(pool.bytes_in_use(), 0u);
}

TEST(BufferTest, ReserveLeavesBytesAloneThatAnotherBufferStillHolds) {
  BlockPool pool;
  Buffer in, out;
  Write(in, pool, "first");
  out.Append(in);
  Write(in, pool, "second");
  EXPECT_EQ(out.ToString(), "first");
  EXPECT_EQ(in.ToString(), "second");
}

TEST(BufferTest, AppendCopyFillsTheFreeTailOfTheLastBlock) {
  BlockPool pool;
  Buffer buffer;
  buffer.Append(Slice::Copy(pool, "head"));
  buffer.AppendCopy(pool, " and tail");
  EXPECT_EQ(buffer.slice_count(), 1u);
  EXPECT_EQ(buffer.ToString(), "head and tail");
  EXPECT_EQ(pool.bytes_in_use(), 512u);
}

TEST(BufferTest, AppendCopyNeverWritesBehindASharedSlice) {
  BlockPool pool;
  Buffer buffer;
  Slice whole = Slice::Copy(pool, "0123456789");
  Slice front = whole.Share();
  front.RemoveSuffix(5);
  buffer.Append(std::move(front));
  buffer.AppendCopy(pool, "abcde");
  EXPECT_EQ(whole.view(), "0123456789");
  EXPECT_EQ(buffer.ToString(), "01234abcde");
}

TEST(BufferTest, AppendCopyCutsLongTextIntoPooledBlocks) {
  BlockPool pool;
  Buffer buffer;
  const std::string text(200'000, 'x');
  buffer.AppendCopy(pool, text);
  EXPECT_EQ(buffer.ToString(), text);
  buffer.Clear();
  EXPECT_EQ(pool.bytes_in_use(), 0u);
  EXPECT_GT(pool.bytes_free(), 200'000u);
}

TEST(BufferTest, MoveFromSplitsASliceWithoutCopying) {
  BlockPool pool;
  Buffer from, to;
  from.Append(Slice::Copy(pool, "abcdef"));
  const char* bytes = from.front().data();
  to.MoveFrom(from, 4);
  EXPECT_EQ(to.ToString(), "abcd");
  EXPECT_EQ(from.ToString(), "ef");
  EXPECT_EQ(to.front().data(), bytes);
  EXPECT_EQ(from.front().data(), bytes + 4);
}

TEST(BufferTest, FlattenCopiesOnlyWhenItMust) {
  BlockPool pool;
  Buffer buffer;
  buffer.Append(Slice::Copy(pool, "abc"));
  buffer.Append(Slice::Static("def"));
  buffer.Append(Slice::Static("ghi"));
  const char* bytes = buffer.front().data();
  EXPECT_EQ(buffer.Flatten(pool, 3).data(), bytes);
  EXPECT_EQ(buffer.Flatten(pool, 7), "abcdefg");
  EXPECT_EQ(buffer.slice_count(), 2u);
  EXPECT_EQ(buffer.ToString(), "abcdefghi");
  EXPECT_EQ(buffer.Flatten(pool, 0), "");
}

TEST(BufferTest, FillIovecsListsTheFrontSlices) {
  Buffer buffer;
  for (const char* text : {"a", "bc", "def"}) buffer.Append(Slice::Static(text));
  std::array<iovec, 2> two;
  EXPECT_EQ(buffer.FillIovecs(two), 2u);
  EXPECT_EQ(two[1].iov_len, 2u);
  std::array<iovec, 8> eight;
  EXPECT_EQ(buffer.FillIovecs(eight), 3u);
  EXPECT_EQ(std::string_view(static_cast<char*>(eight[2].iov_base), 3), "def");
}

TEST(BufferTest, MovingTakesSlicesAndReserveFromBothKindsOfRing) {
  for (const int slices : {3, 30}) {
    BlockPool pool;
    Buffer from;
    Write(from, pool, "reserved ");
    for (int i = 0; i < slices; ++i) from.Append(Slice::Static("s"));
    const std::string expected = from.ToString();
    Buffer to(std::move(from));
    EXPECT_EQ(to.ToString(), expected);
    EXPECT_TRUE(from.empty());
    Write(from, pool, "again");
    EXPECT_EQ(from.ToString(), "again");
    from = std::move(to);
    EXPECT_EQ(from.ToString(), expected);
  }
}

TEST(BufferDeathTest, BrokenBoundsStopTheProcess) {
  BlockPool pool;
  Buffer buffer, other;
  buffer.Append(Slice::Static("abc"));
  EXPECT_DEATH(buffer.Drain(4), "drained below empty");
  EXPECT_DEATH(other.MoveFrom(buffer, 4), "MoveFrom");
  EXPECT_DEATH(buffer.Flatten(pool, 4), "Flatten");
  EXPECT_DEATH(other.PopFront(), "no front");
  EXPECT_DEATH(other.Commit(1), "only reserved memory");
}

}  // namespace
}  // namespace sluice::buffer
