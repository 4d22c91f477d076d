#include "dataplane/main/state_keeper.h"

#include <cstdlib>

#include "test/dataplane/main/live_world.h"

namespace sluice::main {
namespace {

using Slot = xds::StateDir::Slot;

class StateKeeperTest : public testing::Test {
 protected:
  StateKeeperTest() {
    std::string pattern = testing::TempDir() + "/stateXXXXXX";
    directory = *xds::StateDir::Open(std::string(mkdtemp(pattern.data())) + "/dir");
    Restart();
  }
  // A new process on the same directory; the last one ended or was killed.
  void Restart(const std::string& version = "1") {
    keeper = nullptr;
    keeper = std::make_unique<StateKeeper>(Threads{loop, loop, loop}, *directory, version, [this] {
      ++asked;
      return endpoints;
    });
    cached = keeper->Begin();
  }
  void Serve(uint64_t number) {
    const xds::Revision revision = LiveWorld::RevisionOf(number, LiveWorld::Answering("x"));
    bool went = false;
    keeper->Guard().before_serve(revision, [&] { went = true; });
    loop.RunUntilIdle();
    EXPECT_TRUE(went);
    keeper->Guard().served(revision);
  }
  // Up to the moment when it would be compiled.
  void BeginPrepare(uint64_t number) {
    bool went = false;
    keeper->Guard().before_prepare(LiveWorld::RevisionOf(number, {}), [&] { went = true; });
    EXPECT_FALSE(went) << "the disk did not know it";
    loop.RunUntilIdle();
    EXPECT_TRUE(went);
  }
  void EndPrepare() {
    keeper->Guard().after_prepare();
    loop.RunUntilIdle();
  }
  bool Refuses(uint64_t number) {
    return keeper->Guard().refuses(LiveWorld::RevisionOf(number, {})).has_value();
  }
  void Pass(base::Duration time) {
    for (; time > base::Duration::zero(); time -= std::chrono::milliseconds(100)) {
      clock.Advance(std::chrono::milliseconds(100));
      loop.RunUntilIdle();
    }
  }
  uint64_t NumberIn(Slot slot) {
    const auto stored = directory->LoadRevision(slot);
    return stored.ok() ? stored->revision.number : 0;
  }
  uint64_t Start() const { return cached ? cached->stored.revision.number : 0; }

  test::ManualClock clock;
  event::Loop loop{clock};
  std::unique_ptr<xds::StateDir> directory;
  std::unique_ptr<StateKeeper> keeper;
  std::optional<StateKeeper::Cached> cached;
  std::vector<config::ResourceRef> endpoints;
  int asked = 0;
};

TEST_F(StateKeeperTest, ARevisionIsStartedFromOnceItHasServedForHalfAMinute) {
  EXPECT_EQ(Start(), 0u);
  Serve(1);
  Pass(std::chrono::seconds(29));
  EXPECT_EQ(NumberIn(Slot::kCurrent), 0u);
  Pass(std::chrono::seconds(2));
  EXPECT_EQ(NumberIn(Slot::kCurrent), 1u);
  Serve(2);
  Pass(std::chrono::seconds(10));
  Serve(3);
  Pass(std::chrono::seconds(31));
  EXPECT_EQ(NumberIn(Slot::kCurrent), 3u);
  EXPECT_EQ(NumberIn(Slot::kPrevious), 1u) << "2 did not serve for long enough";
  Restart();
  EXPECT_EQ(Start(), 3u);
}

TEST_F(StateKeeperTest, EndpointsAreWrittenAtMostOnceASecondAndComeBack) {
  Serve(1);
  Pass(std::chrono::seconds(31));
  endpoints = {config::AssignmentOf(config::AssignmentText("c", 7001))};
  const auto changed = keeper->Guard().endpoints_changed;
  for (int i = 0; i < 30; ++i) {
    changed();
    Pass(std::chrono::milliseconds(100));
  }
  EXPECT_GE(asked, 3);
  EXPECT_LE(asked, 4);
  Restart();
  ASSERT_EQ(cached->endpoints.size(), 1u);
  EXPECT_EQ(cached->endpoints[0]->name, "c");
}

TEST_F(StateKeeperTest, ThreeCrashesGoBackToTheRevisionBeforeAndRefuseTheKiller) {
  Serve(1);
  Pass(std::chrono::seconds(31));
  Serve(2);
  Pass(std::chrono::seconds(31));
  keeper->End();
  for (int start = 0; start < 3; ++start) {
    Restart();
    EXPECT_EQ(Start(), 2u) << start;
    EXPECT_FALSE(Refuses(2));
    Pass(std::chrono::seconds(5));
  }
  Restart();
  EXPECT_EQ(Start(), 1u);
  EXPECT_TRUE(Refuses(2));
  EXPECT_FALSE(Refuses(1));
  EXPECT_FALSE(Refuses(3));
  // The killer does not become the one to fall back on.
  Serve(3);
  Pass(std::chrono::seconds(31));
  EXPECT_EQ(NumberIn(Slot::kCurrent), 3u);
  EXPECT_EQ(NumberIn(Slot::kPrevious), 1u);
}

TEST_F(StateKeeperTest, ARevisionThatKillsBeforeItIsACandidateIsRefusedToo) {
  Serve(1);
  Pass(std::chrono::seconds(31));
  for (int start = 0; start < 3; ++start) {
    EXPECT_FALSE(Refuses(2)) << start;
    Serve(2);
    Pass(std::chrono::seconds(1));
    Restart();
    EXPECT_EQ(Start(), 1u);
  }
  EXPECT_TRUE(Refuses(2));
}

TEST_F(StateKeeperTest, ACrashWhilePreparingCountsForWhatIsPreparedAndNotForWhatServes) {
  Serve(1);
  Pass(std::chrono::seconds(31));
  Serve(2);
  Pass(std::chrono::seconds(31));
  for (int start = 0; start < 3; ++start) {
    EXPECT_FALSE(Refuses(3)) << start;
    BeginPrepare(3);
    Restart();
    EXPECT_EQ(Start(), 2u) << start;
    Pass(std::chrono::seconds(5));
  }
  const auto problem = keeper->Guard().refuses(LiveWorld::RevisionOf(3, {}));
  ASSERT_TRUE(problem.has_value());
  EXPECT_EQ(problem->text(), "crashed_here: the content of revision 3 crashed this proxy 3 times");
  EXPECT_FALSE(Refuses(2));
  EXPECT_FALSE(Refuses(1));
}

TEST_F(StateKeeperTest, ACrashAfterPreparingCountsForWhatServes) {
  Serve(1);
  Pass(std::chrono::seconds(31));
  for (int start = 0; start < 3; ++start) {
    BeginPrepare(2);
    EndPrepare();
    Restart();
  }
  EXPECT_TRUE(Refuses(1));
  EXPECT_FALSE(Refuses(2));
}

TEST_F(StateKeeperTest, WhatServesIsPreparedAgainWithoutAWrite) {
  Serve(1);
  bool went = false;
  keeper->Guard().before_prepare(LiveWorld::RevisionOf(1, {}), [&] { went = true; });
  EXPECT_TRUE(went);
}

TEST_F(StateKeeperTest, SlowCrashesAndCleanEndsAreNotCounted) {
  Serve(1);
  Pass(std::chrono::seconds(31));
  for (int start = 0; start < 6; ++start) {
    Restart();
    Pass(std::chrono::seconds(40));
  }
  EXPECT_EQ(Start(), 1u);
  for (int start = 0; start < 6; ++start) {
    keeper->End();
    Restart();
  }
  EXPECT_EQ(Start(), 1u);
  EXPECT_FALSE(Refuses(1));
}

TEST_F(StateKeeperTest, AnotherVersionOfTheProxyTriesAgain) {
  Serve(1);
  Pass(std::chrono::seconds(31));
  for (int start = 0; start < 3; ++start) Restart();
  Restart();
  EXPECT_EQ(Start(), 0u);
  EXPECT_TRUE(Refuses(1));
  keeper->End();
  Restart("2");
  EXPECT_EQ(Start(), 1u);
  EXPECT_FALSE(Refuses(1));
}

TEST_F(StateKeeperTest, SaysHowOldItIs) {
  EXPECT_EQ(CachedText(41, std::chrono::seconds(5)), "cached rev 41, 5 s old");
  EXPECT_EQ(CachedText(41, std::chrono::minutes(119)), "cached rev 41, 119 min old");
  EXPECT_EQ(CachedText(41, std::chrono::hours(3)), "cached rev 41, 3 h old");
  EXPECT_EQ(CachedText(41, std::chrono::hours(24 * 30)), "cached rev 41, 30 d old");
  EXPECT_EQ(CachedText(41, -std::chrono::hours(1)), "cached rev 41, 0 s old")
      << "the clock was set";
}

}  // namespace
}  // namespace sluice::main
