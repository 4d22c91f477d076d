#include "controlplane/store/retention.h"

#include "test/controlplane/store/stores.h"

namespace sluice::store {
namespace {

constexpr absl::Time kStart = absl::FromUnixSeconds(1'700'000'000);

// `count` revisions, one a day.
void Fill(Store& store, int count) {
  for (int day = 0; day < count; ++day) {
    RevisionRecord record;
    record.time = kStart + absl::Hours(24 * day);
    Push(store, {Put("a/x", std::to_string(day))}, record);
  }
}

TEST(RetentionTest, AnEmptyStoreHasNothingToForget) {
  MemoryStore store;
  EXPECT_EQ(*ApplyRetention(store, kStart), 0u);
}

TEST(RetentionTest, KeepsTheNewestByNumber) {
  MemoryStore store;
  Fill(store, 8);
  EXPECT_EQ(*ApplyRetention(store, kStart, {.most = 3, .least = 1}), 6u);
  EXPECT_EQ(*store.Oldest(), 6u);
}

TEST(RetentionTest, ForgetsTheOldButSparesSome) {
  MemoryStore store;
  Fill(store, 8);
  const absl::Time later = kStart + absl::Hours(24 * 9);
  EXPECT_EQ(*ApplyRetention(store, later, {.most = 8, .least = 2, .age = absl::Hours(24 * 4)}), 6u);
  const absl::Time much_later = later + absl::Hours(24 * 365);
  EXPECT_EQ(*ApplyRetention(store, much_later, {.most = 8, .least = 2}), 7u);
}

TEST(RetentionTest, ByDefaultAYearWithoutChangesForgetsNoneOfTheLastHundred) {
  MemoryStore store;
  Fill(store, 30);
  EXPECT_EQ(*ApplyRetention(store, kStart + absl::Hours(24 * 400)), 1u);
}

TEST(RetentionTest, KeepsWhatAGroupIsToServe) {
  MemoryStore store;
  Fill(store, 8);
  ASSERT_TRUE(store.SetTarget("edge", 4).ok());
  EXPECT_EQ(*ApplyRetention(store, kStart, {.most = 2, .least = 1}), 4u);
  EXPECT_EQ(Content(store, 4), "a/x=3");
  ASSERT_TRUE(store.SetTarget("edge", 8).ok());
  EXPECT_EQ(*ApplyRetention(store, kStart, {.most = 2, .least = 1}), 7u);
}

}  // namespace
}  // namespace sluice::store
