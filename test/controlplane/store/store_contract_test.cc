// The contract of controlplane/store/store.h, held by every store.
#include <algorithm>
#include <string>
#include <utility>

#include "test/controlplane/store/stores.h"

namespace sluice::store {
namespace {

struct Kind {
  std::string name;
  std::unique_ptr<Store> (*make)(const std::string& name);
};

class StoreContract : public testing::TestWithParam<Kind> {
 protected:
  const std::unique_ptr<Store> owned_ =
      GetParam().make(testing::UnitTest::GetInstance()->current_test_info()->name());
  Store& store_ = *owned_;
};

std::unique_ptr<Store> MakeMemory(const std::string&) { return std::make_unique<MemoryStore>(); }
std::unique_ptr<Store> MakeSqlite(const std::string& name) {
  std::string file = name;
  std::replace(file.begin(), file.end(), '/', '_');
  return OpenSqlite(FreshPath(file));
}

INSTANTIATE_TEST_SUITE_P(All, StoreContract,
                         testing::Values(Kind{"memory", MakeMemory}, Kind{"sqlite", MakeSqlite}),
                         [](const auto& info) { return info.param.name; });

TEST_P(StoreContract, StartsEmpty) {
  EXPECT_EQ(*store_.Head(), 0u);
  EXPECT_EQ(*store_.Oldest(), 0u);
  EXPECT_EQ(Content(store_, 0), "");
  EXPECT_TRUE(absl::IsNotFound(store_.Get({"Route", "a/x"}, 0).status()));
  EXPECT_TRUE(absl::IsOutOfRange(store_.Get({"Route", "a/x"}, 1).status()));
  EXPECT_TRUE(store_.ListRevisions(0, 10)->empty());
  EXPECT_TRUE(store_.Targets()->empty());
  EXPECT_EQ(store_.ReadLive("endpoints")->position, LogPosition{});
}

TEST_P(StoreContract, EveryRevisionKeepsItsContent) {
  EXPECT_EQ(Push(store_, {Put("a/x", "1"), Put("a/y", "1")}), 1u);
  EXPECT_EQ(Push(store_, {Put("a/x", "2")}), 2u);
  EXPECT_EQ(Push(store_, {Erase("a/x"), Put("b/z", "3")}), 3u);
  EXPECT_EQ(Push(store_, {Put("a/x", "4")}), 4u);
  EXPECT_EQ(Content(store_, 1), "a/x=1 a/y=1");
  EXPECT_EQ(Content(store_, 2), "a/x=2 a/y=1");
  EXPECT_EQ(Content(store_, 3), "a/y=1 b/z=3");
  EXPECT_EQ(Content(store_, 4), "a/x=4 a/y=1 b/z=3");
  EXPECT_EQ(Content(store_, 0), Content(store_, 4));
  EXPECT_TRUE(absl::IsOutOfRange(store_.List(5, "", "").status()));
}

TEST_P(StoreContract, GetSaysWhichRevisionWroteTheObject) {
  Push(store_, {Put("a/x", "1")});
  Push(store_, {Put("a/y", "2")});
  Push(store_, {Erase("a/x")});
  EXPECT_EQ(store_.Get({"Route", "a/x"}, 2)->revision, 1u);
  EXPECT_EQ(store_.Get({"Route", "a/x"}, 2)->value, "1");
  EXPECT_TRUE(absl::IsNotFound(store_.Get({"Route", "a/x"}, 3).status()));
  EXPECT_TRUE(absl::IsNotFound(store_.Get({"Api", "a/y"}, 0).status()));
}

TEST_P(StoreContract, ListsByKindAndNamePrefixInOrder) {
  Push(store_, {{{"Service", "shop/b"}, "1"},
                {{"Route", "shop/z"}, "2"},
                {{"Route", "shop/a"}, "3"},
                {{"Route", "shopping/a"}, "4"}});
  EXPECT_EQ(Content(store_, 0), "shop/a=3 shop/z=2 shopping/a=4 shop/b=1");
  EXPECT_EQ(store_.List(0, "Service", "")->size(), 1u);
  const std::vector<Object> routes = *store_.List(0, "Route", "shop/");
  ASSERT_EQ(routes.size(), 2u);
  EXPECT_EQ(routes[0].key.name, "shop/a");
}

TEST_P(StoreContract, ValuesAreAnyBytes) {
  const std::string bytes("\0\xff'\"\n", 5);
  Push(store_, {Put("a/x", bytes), Put("a/empty", "")});
  EXPECT_EQ(store_.Get({"Route", "a/x"}, 0)->value, bytes);
  EXPECT_EQ(store_.Get({"Route", "a/empty"}, 0)->value, "");
}

TEST_P(StoreContract, TellsWhatChangedBetweenRevisions) {
  Push(store_, {Put("a/x", "1"), Put("a/y", "1")});
  Push(store_, {Put("a/x", "2")});
  Push(store_, {Put("a/x", "3"), Erase("a/y")});
  const std::vector<Version> versions = *store_.ChangedSince(1, 0);
  ASSERT_EQ(versions.size(), 2u);
  EXPECT_EQ(versions[0].value, "3");
  EXPECT_EQ(versions[0].revision, 3u);
  EXPECT_EQ(versions[1].value, std::nullopt);
  EXPECT_EQ(store_.ChangedSince(0, 1)->size(), 2u);
  EXPECT_EQ(store_.ChangedSince(2, 2)->size(), 0u);
  EXPECT_TRUE(absl::IsOutOfRange(store_.ChangedSince(9, 0).status()));
}

TEST_P(StoreContract, KeepsTheWholeRecord) {
  const RevisionRecord record{0,
                              absl::FromUnixMicros(1'700'000'000'123'456),
                              "ann",
                              true,
                              "why",
                              "c",
                              7,
                              3,
                              std::string("\0\1", 2),
                              false};
  Push(store_, {}, record);
  RevisionRecord expected = record;
  expected.number = 1;
  EXPECT_EQ(*store_.GetRevision(1), expected);
  EXPECT_EQ(*store_.GetRevision(0), expected);
  EXPECT_TRUE(absl::IsOutOfRange(store_.GetRevision(2).status()));
}

TEST_P(StoreContract, ListsRevisionsNewestFirstByPages) {
  for (int i = 0; i < 5; ++i) Push(store_, {Put("a/x", std::to_string(i))});
  const auto numbers = [&](uint64_t before, size_t limit) {
    std::string text;
    const std::vector<RevisionRecord> records = *store_.ListRevisions(before, limit);
    for (const RevisionRecord& record : records) text += std::to_string(record.number);
    return text;
  };
  EXPECT_EQ(numbers(0, 3), "543");
  EXPECT_EQ(numbers(3, 10), "21");
  EXPECT_EQ(numbers(1, 10), "");
}

TEST_P(StoreContract, ARevisionCanBeMarkedWithdrawn) {
  Push(store_, {Put("a/x", "1")});
  EXPECT_FALSE(store_.GetRevision(1)->withdrawn);
  EXPECT_TRUE(store_.MarkWithdrawn(1).ok());
  EXPECT_TRUE(store_.GetRevision(1)->withdrawn);
  EXPECT_TRUE(absl::IsNotFound(store_.MarkWithdrawn(2)));
}

TEST_P(StoreContract, NobodySeesADraftBeforeItIsPublished) {
  Push(store_, {Put("a/x", "1")});
  const Draft draft = *store_.Begin(1);
  const std::vector<Write> writes = {Put("a/x", "2"), Put("a/y", "2")};
  ASSERT_TRUE(store_.Stage(draft, writes).ok());
  EXPECT_EQ(Content(store_, 0), "a/x=1");
  EXPECT_TRUE(absl::IsOutOfRange(store_.List(2, "", "").status()));
  EXPECT_EQ(store_.Publish(draft, {}, {})->revision, 2u);
  EXPECT_EQ(Content(store_, 0), "a/x=2 a/y=2");
}

TEST_P(StoreContract, TheNextWriterClearsWhatAnAbandonedDraftLeft) {
  const std::vector<Write> left = {Put("a/left", "1")};
  ASSERT_TRUE(store_.Stage(*store_.Begin(0), left).ok());
  EXPECT_EQ(Push(store_, {Put("a/x", "1")}), 1u);
  EXPECT_EQ(Content(store_, 0), "a/x=1");
}

TEST_P(StoreContract, TheLaterOfTwoWritersWinsAndNothingIsMixed) {
  const std::vector<Write> first = {Put("a/first", "1")};
  const std::vector<Write> second = {Put("a/second", "1")};
  const Draft early = *store_.Begin(0);
  ASSERT_TRUE(store_.Stage(early, first).ok());
  const Draft late = *store_.Begin(0);
  EXPECT_TRUE(absl::IsAborted(store_.Stage(early, first)));
  EXPECT_TRUE(absl::IsAborted(store_.Publish(early, {}, {}).status()));
  ASSERT_TRUE(store_.Stage(late, second).ok());
  ASSERT_TRUE(store_.Publish(late, {}, {}).ok());
  EXPECT_EQ(Content(store_, 0), "a/second=1");
}

TEST_P(StoreContract, AStaleBaseIsAborted) {
  Push(store_, {Put("a/x", "1")});
  EXPECT_TRUE(absl::IsAborted(store_.Begin(0).status()));
  EXPECT_TRUE(absl::IsAborted(store_.Begin(2).status()));
}

TEST_P(StoreContract, APublishedDraftIsSpent) {
  const Draft draft = *store_.Begin(0);
  ASSERT_TRUE(store_.Publish(draft, {}, {}).ok());
  const std::vector<Write> writes = {Put("a/x", "1")};
  EXPECT_TRUE(absl::IsAborted(store_.Stage(draft, writes)));
  EXPECT_TRUE(absl::IsAborted(store_.Publish(draft, {}, {}).status()));
  EXPECT_EQ(*store_.Head(), 1u);
}

TEST_P(StoreContract, HoldsEtcdsLimits) {
  const Draft draft = *store_.Begin(0);
  const std::vector<Write> many(kMaxWrites + 1, Put("a/x", "1"));
  EXPECT_TRUE(absl::IsInvalidArgument(store_.Stage(draft, many)));
  const std::vector<Write> large = {Put("a/x", std::string(kMaxWriteBytes, 'x'))};
  EXPECT_TRUE(absl::IsInvalidArgument(store_.Stage(draft, large)));
  EXPECT_TRUE(absl::IsInvalidArgument(store_.WriteLive({"endpoints", 0, {}}).status()));
}

TEST_P(StoreContract, CompactionKeepsWhatTheOldestRevisionNeeds) {
  Push(store_, {Put("a/old", "1"), Put("a/x", "1"), Put("a/gone", "1")});
  Push(store_, {Put("a/x", "2"), Erase("a/gone")});
  Push(store_, {Put("a/x", "3")});
  Push(store_, {Erase("a/old"), Put("a/gone", "4")});
  ASSERT_TRUE(store_.Compact(3).ok());
  EXPECT_EQ(*store_.Oldest(), 3u);
  EXPECT_EQ(Content(store_, 3), "a/old=1 a/x=3");
  EXPECT_EQ(Content(store_, 4), "a/gone=4 a/x=3");
  EXPECT_TRUE(absl::IsOutOfRange(store_.List(2, "", "").status()));
  EXPECT_TRUE(absl::IsOutOfRange(store_.GetRevision(2).status()));
  EXPECT_TRUE(absl::IsOutOfRange(store_.ChangedSince(2, 4).status()));
  EXPECT_TRUE(absl::IsOutOfRange(store_.ChangedSince(0, 4).status()));
  EXPECT_EQ(store_.ChangedSince(3, 4)->size(), 2u);
  EXPECT_EQ(store_.ListRevisions(0, 10)->size(), 2u);
  EXPECT_TRUE(absl::IsOutOfRange(store_.Compact(2)));
  EXPECT_TRUE(absl::IsOutOfRange(store_.Compact(5)));
  EXPECT_EQ(Push(store_, {Put("a/x", "5")}), 5u);
}

TEST_P(StoreContract, RemembersTheTargetOfEachGroup) {
  Push(store_, {});
  Push(store_, {});
  EXPECT_TRUE(store_.SetTarget("edge", 1).ok());
  EXPECT_TRUE(store_.SetTarget("inner", 2).ok());
  EXPECT_TRUE(store_.SetTarget("edge", 2).ok());
  EXPECT_EQ(*store_.Target("edge"), 2u);
  EXPECT_TRUE(absl::IsNotFound(store_.Target("none").status()));
  EXPECT_TRUE(absl::IsNotFound(store_.SetTarget("edge", 3)));
  EXPECT_TRUE(store_.SetTarget("inner", 0).ok());
  EXPECT_EQ(store_.Targets()->size(), 1u);
}

TEST_P(StoreContract, ALiveLogHasOneValuePerKeyAndCountsItsWrites) {
  const LogPosition third =
      *store_.WriteLive({"endpoints", 0, {{"b", "1"}, {"a", "1"}, {"b", "2"}}});
  EXPECT_EQ(third, (LogPosition{0, 3}));
  const LogPosition fourth = *store_.WriteLive({"endpoints", 0, {{"a", std::nullopt}}});
  EXPECT_EQ(fourth, (LogPosition{0, 4}));
  const LiveLog log = *store_.ReadLive("endpoints");
  EXPECT_EQ(log.position, fourth);
  EXPECT_EQ(log.entries, (std::vector<LiveEntry>{{"b", "2", {0, 3}}}));
  EXPECT_TRUE(store_.ReadLive("secrets")->entries.empty());
}

TEST_P(StoreContract, ANewEpochFencesEarlierWriters) {
  ASSERT_TRUE(store_.WriteLive({"endpoints", 0, {{"a", "1"}}}).ok());
  EXPECT_EQ(*store_.BeginEpoch("endpoints"), 1u);
  EXPECT_TRUE(absl::IsAborted(store_.WriteLive({"endpoints", 0, {{"a", "2"}}}).status()));
  EXPECT_EQ(*store_.WriteLive({"endpoints", 1, {{"b", "1"}}}), (LogPosition{1, 1}));
  EXPECT_EQ(store_.ReadLive("endpoints")->entries.size(), 2u);
}

TEST_P(StoreContract, LiveWritesGoOutWithTheRevisionOrNotAtAll) {
  const Draft draft = *store_.Begin(0);
  const std::vector<LiveBatch> stale = {{"secrets", 0, {{"k", "v"}}},
                                        {"consumers", 5, {{"c", "v"}}}};
  EXPECT_TRUE(absl::IsAborted(store_.Publish(draft, {}, stale).status()));
  EXPECT_EQ(*store_.Head(), 0u);
  EXPECT_TRUE(store_.ReadLive("secrets")->entries.empty());
  const Published published = *store_.Publish(draft, {}, std::span(stale).first(1));
  EXPECT_EQ(published.positions, (std::vector<LogPosition>{{0, 1}}));
  EXPECT_EQ(store_.ReadLive("secrets")->entries.size(), 1u);
}

}  // namespace
}  // namespace sluice::store
