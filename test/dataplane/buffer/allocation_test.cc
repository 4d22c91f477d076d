// After warm-up nothing that a request does with buffers and arenas reaches operator new.
#include <gtest/gtest.h>

#include <array>
#include <string>

#include "dataplane/buffer/arena.h"
#include "dataplane/buffer/buffer.h"
#include "test/support/allocation_counter.h"

namespace sluice::buffer {
namespace {

TEST(AllocationTest, BuffersAndArenasAllocateNothingAfterWarmUp) {
  BlockPool pool;
  Buffer in, out;
  const std::string head(700, 'h');
  const auto serve_one = [&] {
    Arena arena(pool);
    arena.Copy(head);
    arena.Allocate(6000);
    in.Reserve(pool, 4000);
    in.Commit(3000);
    in.Flatten(pool, 1000);
    for (int i = 0; i < 20; ++i) out.Append(Slice::Static("x"));
    out.AppendCopy(pool, head);
    out.MoveFrom(in, 2500);
    std::array<iovec, 64> parts;
    out.FillIovecs(parts);
    out.Drain(out.size());
    in.Clear();
    out.ReleaseReserve();
  };
  serve_one();
  const uint64_t before = test::AllocationCount();
  for (int i = 0; i < 1000; ++i) serve_one();
  EXPECT_EQ(test::AllocationCount(), before);
  EXPECT_EQ(pool.bytes_in_use(), 0u);
}

}  // namespace
}  // namespace sluice::buffer
