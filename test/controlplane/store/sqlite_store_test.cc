// What the file store promises beyond the contract: it outlives its process, bears a full disk, and
// shares its file.
#include "controlplane/store/sqlite_store.h"

#include <chrono>
#include <future>

#include "test/controlplane/store/stores.h"

namespace sluice::store {
namespace {

TEST(SqliteStoreTest, EverythingIsThereAfterAReopen) {
  const std::string path = FreshPath("reopen");
  {
    const std::unique_ptr<SqliteStore> store = OpenSqlite(path);
    Push(*store, {Put("a/x", "1")});
    Push(*store, {Put("a/y", "2")});
    ASSERT_TRUE(store->SetTarget("edge", 1).ok());
    ASSERT_TRUE(store->MarkWithdrawn(2).ok());
    ASSERT_EQ(*store->BeginEpoch("endpoints"), 1u);
    ASSERT_TRUE(store->WriteLive({"endpoints", 1, {{"k", "v"}}}).ok());
  }
  const std::unique_ptr<SqliteStore> store = OpenSqlite(path);
  EXPECT_EQ(Content(*store, 0), "a/x=1 a/y=2");
  EXPECT_EQ(*store->Target("edge"), 1u);
  EXPECT_TRUE(store->GetRevision(2)->withdrawn);
  EXPECT_EQ(store->ReadLive("endpoints")->position, (LogPosition{1, 1}));
}

TEST(SqliteStoreTest, ADraftOfADeadProcessIsInvisibleAndCleared) {
  const std::string path = FreshPath("draft");
  const std::vector<Write> left = {Put("a/left", "1")};
  Draft draft;
  {
    const std::unique_ptr<SqliteStore> store = OpenSqlite(path);
    draft = *store->Begin(0);
    ASSERT_TRUE(store->Stage(draft, left).ok());
  }
  const std::unique_ptr<SqliteStore> store = OpenSqlite(path);
  EXPECT_EQ(Content(*store, 0), "");
  Push(*store, {Put("a/x", "1")});
  EXPECT_EQ(Content(*store, 0), "a/x=1");
  EXPECT_TRUE(absl::IsAborted(store->Publish(draft, {}, {}).status()));
}

TEST(SqliteStoreTest, TwoStoresOnOneFileNeverMix) {
  const std::string path = FreshPath("two");
  const std::unique_ptr<SqliteStore> one = OpenSqlite(path);
  const std::unique_ptr<SqliteStore> two = OpenSqlite(path);
  const std::vector<Write> first = {Put("a/one", "1")};
  const std::vector<Write> second = {Put("a/two", "1")};
  const Draft early = *one->Begin(0);
  ASSERT_TRUE(one->Stage(early, first).ok());
  const Draft late = *two->Begin(0);
  ASSERT_TRUE(two->Stage(late, second).ok());
  EXPECT_TRUE(absl::IsAborted(one->Publish(early, {}, {}).status()));
  EXPECT_TRUE(two->Publish(late, {}, {}).ok());
  EXPECT_EQ(Content(*one, 0), "a/two=1");
  EXPECT_TRUE(absl::IsAborted(Commit(*one, 0, {}, first).status()));
  EXPECT_TRUE(Commit(*one, 1, {}, first).ok());
  EXPECT_EQ(Content(*two, 0), "a/one=1 a/two=1");
}

TEST(SqliteStoreTest, ThreadsOfTwoStoresLoseNoAcknowledgedRevision) {
  const std::string path = FreshPath("threads");
  const auto push = [&path](std::string name) {
    const std::unique_ptr<SqliteStore> store = OpenSqlite(path, {std::chrono::seconds(30), 0});
    int acknowledged = 0;
    for (int i = 0; i < 20; ++i) {
      const std::vector<Write> writes = {Put(name + std::to_string(i), "v")};
      if (Commit(*store, *store->Head(), {}, writes).ok()) ++acknowledged;
    }
    return acknowledged;
  };
  const std::unique_ptr<SqliteStore> store = OpenSqlite(path);
  std::future<int> one = std::async(std::launch::async, push, "one/");
  std::future<int> two = std::async(std::launch::async, push, "two/");
  const uint64_t acknowledged = static_cast<uint64_t>(one.get() + two.get());
  EXPECT_GE(acknowledged, 1u);
  EXPECT_EQ(*store->Head(), acknowledged);
  EXPECT_EQ(store->List(0, "", "")->size(), acknowledged);
}

// F9.
TEST(SqliteStoreTest, AFullDiskRefusesTheWriteAndNothingElse) {
  const std::string path = FreshPath("full");
  const std::unique_ptr<SqliteStore> store = OpenSqlite(path, {.max_pages = 60});
  Push(*store, {Put("a/x", "1")});
  std::vector<Write> large;
  for (int i = 0; i < 4; ++i) {
    large.push_back(Put("b/" + std::to_string(i), std::string(100'000, 'x')));
  }
  const absl::Status refused = Commit(*store, 1, {}, large).status();
  EXPECT_TRUE(absl::IsResourceExhausted(refused)) << refused;
  EXPECT_EQ(*store->Head(), 1u);
  EXPECT_EQ(Content(*store, 0), "a/x=1");
  EXPECT_EQ(Push(*store, {Put("a/x", "2")}), 2u) << "a smaller one still fits";
  EXPECT_EQ(Content(*OpenSqlite(path), 0), "a/x=2");
}

// F9, with chunks of the draft already on the disk when it is full.
TEST(SqliteStoreTest, WhatAFullDiskCutOffIsClearedByTheNextWriter) {
  const std::string path = FreshPath("full_chunks");
  const std::unique_ptr<SqliteStore> store = OpenSqlite(path, {.max_pages = 600});
  std::vector<Write> large;
  for (int i = 0; i < 4; ++i) {
    large.push_back(Put("b/" + std::to_string(i), std::string(1'000'000, 'x')));
  }
  EXPECT_TRUE(absl::IsResourceExhausted(Commit(*store, 0, {}, large).status()));
  EXPECT_EQ(*store->Head(), 0u);
  EXPECT_EQ(Push(*store, {large[0], large[1]}), 1u) << "the two chunks before were given back";
}

// F11.
TEST(SqliteStoreTest, ALockedFileIsABoundedWaitForWritersAndNoneForReaders) {
  const std::string path = FreshPath("locked");
  const std::unique_ptr<SqliteStore> store =
      OpenSqlite(path, {.busy = std::chrono::milliseconds(50)});
  Push(*store, {Put("a/x", "1")});
  SqliteConnection other = *SqliteConnection::Open(path, std::chrono::milliseconds(0));
  {
    absl::StatusOr<SqliteTransaction> lock = SqliteTransaction::Write(other);
    ASSERT_TRUE(lock.ok()) << lock.status();
    const absl::Status refused = store->Begin(1).status();
    EXPECT_TRUE(absl::IsUnavailable(refused)) << refused;
    EXPECT_EQ(Content(*store, 0), "a/x=1");
  }
  EXPECT_EQ(Push(*store, {Put("a/x", "2")}), 2u);
}

TEST(SqliteStoreTest, CompactionShrinksWhatIsStored) {
  const std::string path = FreshPath("compact");
  const std::unique_ptr<SqliteStore> store = OpenSqlite(path);
  for (int i = 0; i < 30; ++i) Push(*store, {Put("a/x", std::to_string(i))});
  ASSERT_TRUE(store->Compact(30).ok());
  SqliteConnection other = *SqliteConnection::Open(path, std::chrono::milliseconds(0));
  EXPECT_EQ(*other.Number("SELECT count(*) FROM objects"), 1u);
  EXPECT_EQ(*other.Number("SELECT count(*) FROM revisions"), 1u);
  EXPECT_EQ(Content(*OpenSqlite(path), 0), "a/x=29");
}

TEST(SqliteStoreTest, AnErasedLiveValueIsNotInTheFile) {
  const std::string path = FreshPath("erased");
  {
    const std::unique_ptr<SqliteStore> store = OpenSqlite(path);
    ASSERT_TRUE(store->WriteLive({"secrets", 0, {{"k", "the-old-secret"}}}).ok());
    ASSERT_TRUE(store->WriteLive({"secrets", 0, {{"k", "the-new-secret"}}}).ok());
  }
  std::string bytes(std::filesystem::file_size(path), '\0');
  FILE* file = fopen(path.c_str(), "rb");
  ASSERT_EQ(fread(bytes.data(), 1, bytes.size(), file), bytes.size());
  fclose(file);
  EXPECT_EQ(bytes.find("the-old-secret"), std::string::npos);
  EXPECT_NE(bytes.find("the-new-secret"), std::string::npos);
}

}  // namespace
}  // namespace sluice::store
