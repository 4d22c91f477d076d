#include "controlplane/store/commit.h"

#include "test/controlplane/store/stores.h"

namespace sluice::store {
namespace {

TEST(CommitTest, CutsByCountAndBySize) {
  MemoryStore store;
  std::vector<Write> writes;
  for (size_t i = 0; i < 3 * kMaxWrites; ++i) writes.push_back(Put("a/" + std::to_string(i), "v"));
  for (size_t i = 0; i < 3; ++i) {
    writes.push_back(Put("b/" + std::to_string(i), std::string(kMaxWriteBytes / 2, 'x')));
  }
  EXPECT_EQ(Push(store, writes), 1u);
  EXPECT_EQ(store.List(0, "", "")->size(), writes.size());
}

TEST(CommitTest, NamesAnObjectThatIsTooLarge) {
  MemoryStore store;
  const std::vector<Write> writes = {Put("a/x", "1"), Put("a/y", std::string(kMaxWriteBytes, 'x'))};
  const absl::Status status = Commit(store, 0, {}, writes).status();
  EXPECT_EQ(status.message(), "Route a/y: 1200008 bytes, an object has at most 1200000");
  EXPECT_EQ(*store.Head(), 0u);
}

TEST(CommitTest, ALostRaceLeavesNothing) {
  MemoryStore store;
  Push(store, {Put("a/x", "1")});
  const std::vector<Write> writes = {Put("a/x", "2")};
  EXPECT_TRUE(absl::IsAborted(Commit(store, 0, {}, writes).status()));
  EXPECT_EQ(Content(store, 0), "a/x=1");
}

}  // namespace
}  // namespace sluice::store
