#include "controlplane/revision/history.h"

#include <gtest/gtest.h>

#include "controlplane/store/commit.h"
#include "controlplane/store/memory_store.h"
#include "test/controlplane/model/fixtures.h"

namespace sluice::revision {
namespace {

store::Write Put(const model::ObjectPtr& object) {
  return {{object->kind(), object->name()}, StoredBytes(*object)};
}

TEST(HistoryTest, AnEmptyStoreIsAnEmptyConfigurationAndHasNoOther) {
  store::MemoryStore store;
  const auto head = ReadConfig(store, 0);
  ASSERT_TRUE(head.ok());
  EXPECT_TRUE(head->objects().empty());
  EXPECT_TRUE(absl::IsOutOfRange(ReadConfig(store, 5).status()));
}

TEST(HistoryTest, WhatTheSystemWritesIsMadeOnReadingAndNotStored) {
  store::MemoryStore store;
  auto object =
      std::make_shared<sluice::v1::Object>(*model::Obj("Service", "shop/a", "service { registered {} }"));
  object->set_etag("mine");
  object->mutable_status()->set_revision(99);
  ASSERT_TRUE(store::Commit(store, 0, {}, std::vector{Put(object)}).ok());
  const auto config = ReadConfig(store, 0);
  ASSERT_TRUE(config.ok());
  const model::ObjectPtr read = config->Find({"Service", "shop/a"});
  ASSERT_NE(read, nullptr);
  EXPECT_EQ(read->status().revision(), 1u);
  EXPECT_EQ(read->etag().size(), 16u);
  EXPECT_TRUE(read->service().has_registered());
}

TEST(HistoryTest, BytesThatAreNoObjectAreNamed) {
  store::MemoryStore store;
  ASSERT_TRUE(store::Commit(store, 0, {}, std::vector{store::Write{{"Route", "shop/x"}, "\xff"}}).ok());
  const absl::Status status = ReadConfig(store, 0).status();
  EXPECT_TRUE(absl::IsDataLoss(status));
  EXPECT_NE(std::string(status.message()).find("shop/x"), std::string::npos);
}

TEST(HistoryTest, ADiffShowsBothSides) {
  store::MemoryStore store;
  const auto before = model::Obj("Service", "shop/a", "service { registered {} }");
  const auto after = model::Obj("Service", "shop/a", "service { dns { name: 'a.test' port: 80 } }");
  ASSERT_TRUE(store::Commit(store, 0, {}, std::vector{Put(before)}).ok());
  ASSERT_TRUE(
      store::Commit(store, 1, {},
                    std::vector{Put(after), Put(model::Obj("Service", "shop/b", "service { registered {} }"))})
          .ok());
  const auto diff = Diff(store, 1, 0);
  ASSERT_TRUE(diff.ok());
  ASSERT_EQ(diff->diffs_size(), 2);
  EXPECT_EQ(diff->diffs(0).change().kind(), sluice::v1::Change::UPDATED);
  EXPECT_TRUE(diff->diffs(0).before().service().has_registered());
  EXPECT_EQ(diff->diffs(0).after().service().dns().port(), 80u);
  EXPECT_EQ(diff->diffs(1).change().kind(), sluice::v1::Change::CREATED);
  EXPECT_FALSE(diff->diffs(1).has_before());
  EXPECT_TRUE(absl::IsOutOfRange(Diff(store, 1, 9).status()));
}

TEST(HistoryTest, ARecordIsToldAsARevision) {
  sluice::v1::ApplyResponse changes;
  changes.add_changes()->set_kind(sluice::v1::Change::DELETED);
  store::RevisionRecord record{.number = 7,
                               .time = absl::FromUnixMicros(1'500'000),
                               .author = "ann",
                               .author_verified = true,
                               .reason = "why",
                               .changes = changes.SerializeAsString(),
                               .rollback_of = 3,
                               .compiler_level = 1,
                               .digest = "d",
                               .withdrawn = true};
  const sluice::v1::Revision revision = ToRevision(record);
  EXPECT_EQ(revision.number(), 7u);
  EXPECT_EQ(revision.time().seconds(), 1);
  EXPECT_EQ(revision.time().nanos(), 500'000'000);
  EXPECT_EQ(revision.author(), "ann");
  EXPECT_TRUE(revision.author_verified());
  EXPECT_EQ(revision.reason(), "why");
  EXPECT_EQ(revision.changes_size(), 1);
  EXPECT_EQ(revision.rollback_of(), 3u);
  EXPECT_TRUE(revision.withdrawn());
}

}  // namespace
}  // namespace sluice::revision
