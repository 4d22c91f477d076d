#include "dataplane/buffer/arena.h"

#include <gtest/gtest.h>

#include <cstring>
#include <string>
#include <vector>

#include "dataplane/base/random.h"

namespace sluice::buffer {
namespace {

TEST(ArenaTest, TakesNoBlockBeforeTheFirstAllocation) {
  BlockPool pool;
  const Arena arena(pool);
  EXPECT_EQ(pool.bytes_in_use(), 0u);
}

TEST(ArenaTest, PacksSmallObjectsIntoOneBlock) {
  BlockPool pool;
  Arena arena(pool);
  struct Point {
    int x, y;
  };
  for (int i = 0; i < 100; ++i) {
    const Point* point = arena.New<Point>(Point{i, -i});
    EXPECT_EQ(point->y, -i);
  }
  EXPECT_EQ(pool.bytes_in_use(), 4096u);
}

TEST(ArenaTest, AlignsAsAskedAndObjectsNeverOverlap) {
  base::Random random(3);
  BlockPool pool;
  Arena arena(pool);
  struct Piece {
    unsigned char* at;
    size_t size;
    unsigned char fill;
  };
  std::vector<Piece> pieces;
  for (int i = 0; i < 2000; ++i) {
    const size_t align = size_t{1} << random.Below(5);
    const size_t size = random.Below(random.Below(50) == 0 ? 20'000 : 200);
    auto* at = static_cast<unsigned char*>(arena.Allocate(size, align));
    ASSERT_NE(at, nullptr);
    ASSERT_EQ(reinterpret_cast<uintptr_t>(at) % align, 0u);
    const auto fill = static_cast<unsigned char>(i);
    std::memset(at, fill, size);
    pieces.push_back({at, size, fill});
  }
  for (const Piece& piece : pieces) {
    for (size_t i = 0; i < piece.size; ++i) ASSERT_EQ(piece.at[i], piece.fill);
  }
  arena.Reset();
  EXPECT_EQ(pool.bytes_in_use(), 0u);
}

TEST(ArenaTest, ALargeRequestDoesNotWasteTheBlockInUse) {
  BlockPool pool;
  Arena arena(pool);
  char* first = static_cast<char*>(arena.Allocate(8, 8));
  arena.Allocate(50'000);
  EXPECT_EQ(static_cast<char*>(arena.Allocate(8, 8)), first + 8);
}

TEST(ArenaTest, CopyAndConcatLiveAsLongAsTheArena) {
  BlockPool pool;
  Arena arena(pool);
  std::string text = "path";
  const std::string_view copy = arena.Copy(text);
  const std::string_view joined = arena.Concat(text, "?", "query");
  text = "xxxx";
  EXPECT_EQ(copy, "path");
  EXPECT_EQ(joined, "path?query");
  EXPECT_EQ(arena.Copy(""), "");
  EXPECT_EQ(arena.Concat("a", ""), "a");
}

TEST(ArenaTest, ResetMakesItLikeNewAndTheDestructorGivesBlocksBack) {
  BlockPool pool;
  {
    Arena arena(pool);
    for (int round = 0; round < 3; ++round) {
      char* array = arena.NewArray<char>(10'000);
      std::memset(array, round, 10'000);
      arena.Reset();
      EXPECT_EQ(pool.bytes_in_use(), 0u);
    }
    arena.Allocate(1);
  }
  EXPECT_EQ(pool.bytes_in_use(), 0u);
}

}  // namespace
}  // namespace sluice::buffer
