// A committing server: PREPARE leaves no trace, SERVE switches everything (wire.md section 1).
#include "dataplane/main/live_config.h"

#include "test/dataplane/main/live_world.h"

namespace sluice::main {
namespace {

using config::ClusterOf;
using config::ListenerOf;
using config::Problem;
using config::RdsListenerText;
using config::ResourceType;
using config::StaticClusterText;

class LiveConfigCommitTest : public testing::Test {
 protected:
  LiveConfigCommitTest() { world.Start(); }
  LiveWorld world{
      {.workers = LiveWorld::kWorkers, .waits_for_clusters = true, .waits_for_listeners = true}};
};

TEST_F(LiveConfigCommitTest, ServesWhatWasPrepared) {
  const LiveConfig::Report prepared = world.Prepare(1, LiveWorld::Answering("one"));
  EXPECT_EQ(prepared.refused_size(), 0);
  EXPECT_EQ(prepared.phase(), xds::v1::Commit::PREPARE);
  EXPECT_EQ(prepared.workers(), 0u);
  EXPECT_EQ(world.firsts, 0);
  EXPECT_EQ(world.Ask("l"), "refused");
  const LiveConfig::Report served = world.Serve(1);
  EXPECT_EQ(served.refused_size(), 0);
  EXPECT_EQ(served.workers(), LiveWorld::kWorkers);
  world.Settle();
  EXPECT_EQ(world.firsts, 1);
  EXPECT_EQ(world.Ask("l"), "one");
}

TEST_F(LiveConfigCommitTest, APreparedRevisionLeavesNoTraceInWhatIsServed) {
  config::ResourceSet set = LiveWorld::Answering("one");
  Put(set, ResourceType::kCluster, ClusterOf(StaticClusterText("c", 7000)));
  world.Prepare(1, set);
  world.Serve(1);
  const net::Address before = world.AddressOf("l");
  config::ResourceSet next = LiveWorld::Answering("two", worker::WorkerFixture::FreePort());
  Put(next, ResourceType::kCluster, ClusterOf(StaticClusterText("c", 7001)));
  EXPECT_EQ(world.Prepare(2, next).refused_size(), 0);
  EXPECT_EQ(world.PortOf("c"), 7000);
  EXPECT_EQ(LiveWorld::AskAt(before), "one");
  EXPECT_EQ(world.Serve(2).refused_size(), 0);
  EXPECT_EQ(world.PortOf("c"), 7001);
  EXPECT_EQ(world.Ask("l"), "two");
  EXPECT_EQ(LiveWorld::AskAt(before), "refused");
}

TEST_F(LiveConfigCommitTest, RefusesWholeWithEveryProblem) {
  world.Prepare(1, LiveWorld::Answering("one"));
  world.Serve(1);
  config::ResourceSet bad = LiveWorld::Answering("two");
  Put(bad, ResourceType::kCluster, ClusterOf("name: 'c' type: LOGICAL_DNS"));
  Put(bad, ResourceType::kListener, ListenerOf(RdsListenerText("m", "nowhere")));
  const LiveConfig::Report report = world.Prepare(2, bad);
  ASSERT_EQ(report.refused_size(), 2);
  EXPECT_EQ(report.refused(0).kind(), Problem::CONTENT);
  EXPECT_EQ(report.refused(1).resource(), "m");
  EXPECT_EQ(world.Ask("l"), "one");
  const LiveConfig::Report serve = world.Serve(2);
  ASSERT_EQ(serve.refused_size(), 1);
  EXPECT_EQ(serve.refused(0).kind(), Problem::MISMATCH);
  EXPECT_EQ(world.Prepare(3, LiveWorld::Answering("three")).refused_size(), 0);
  world.Serve(3);
  EXPECT_EQ(world.Ask("l"), "three");
}

TEST_F(LiveConfigCommitTest, ATakenPortIsALocalRefusalAndGivesEverythingBack) {
  const uint16_t taken = worker::WorkerFixture::FreePort(),
                 other = worker::WorkerFixture::FreePort();
  const net::Fd holder = worker::WorkerFixture::HoldPort(taken);
  config::ResourceSet set = LiveWorld::Answering("x", taken);
  Put(set, ResourceType::kListener, ListenerOf(RdsListenerText("m", "r", other)));
  const LiveConfig::Report report = world.Prepare(1, set);
  ASSERT_EQ(report.refused_size(), 1);
  EXPECT_EQ(report.refused(0).kind(), Problem::LOCAL);
  EXPECT_EQ(report.refused(0).resource(), "l");
  world.Settle();
  EXPECT_FALSE(worker::WorkerFixture::IsBound(other));
}

TEST_F(LiveConfigCommitTest, ASecondPrepareTakesThePlaceOfTheFirst) {
  std::optional<LiveConfig::Report> first;
  world.live.Prepare(LiveWorld::RevisionOf(1, LiveWorld::Answering("one")),
                     [&](LiveConfig::Report report) { first = report; });
  EXPECT_EQ(world.Prepare(2, LiveWorld::Answering("two")).refused_size(), 0);
  ASSERT_TRUE(first.has_value());
  EXPECT_EQ(first->refused(0).kind(), Problem::LOCAL);
  EXPECT_EQ(world.Serve(1).refused(0).kind(), Problem::MISMATCH);
  EXPECT_EQ(world.Serve(2).refused_size(), 0);
  EXPECT_EQ(world.Ask("l"), "two");
}

TEST_F(LiveConfigCommitTest, DiscardDropsWhatIsPreparedAndUnderWay) {
  const uint16_t port = worker::WorkerFixture::FreePort();
  EXPECT_EQ(world.Prepare(1, LiveWorld::Answering("one", port)).refused_size(), 0);
  world.live.Discard();
  world.Settle();
  EXPECT_FALSE(worker::WorkerFixture::IsBound(port));
  EXPECT_EQ(world.Serve(1).refused(0).kind(), Problem::MISMATCH);
  std::optional<LiveConfig::Report> answer;
  world.live.Prepare(LiveWorld::RevisionOf(2, LiveWorld::Answering("two")),
                     [&](LiveConfig::Report report) { answer = report; });
  world.live.Discard();
  ASSERT_TRUE(answer.has_value());
  EXPECT_EQ(answer->refused_size(), 1);
  world.Settle();
}

TEST_F(LiveConfigCommitTest, ASlowWorkerDelaysTheAnswerToServeOnly) {
  world.Prepare(1, LiveWorld::Answering("one"));
  world.Serve(1);
  std::atomic<bool> go{false};
  world.workers.workers()[1]->loop().mailbox().Post([&go] { go.wait(false); });
  EXPECT_EQ(world.Prepare(2, LiveWorld::Answering("two")).refused_size(), 0);
  std::optional<LiveConfig::Report> served;
  world.live.Serve(2, [&](LiveConfig::Report report) { served = report; });
  const LiveConfig::Report third = world.Prepare(3, LiveWorld::Answering("three"));
  EXPECT_EQ(third.refused_size(), 0);
  EXPECT_FALSE(served.has_value());
  go = true;
  go.notify_all();
  world.Until([&] { return served.has_value(); });
  EXPECT_EQ(world.Ask("l"), "two");
  EXPECT_EQ(world.Serve(3).refused_size(), 0);
  EXPECT_EQ(world.Ask("l"), "three");
}

TEST_F(LiveConfigCommitTest, TheGuardMayRefuseAndIsAskedBeforeTheSwitch) {
  std::vector<uint64_t> asked, served;
  std::function<void()> go;
  world.live.SetGuard(
      {.refuses = [](const xds::Revision& revision) -> std::optional<Problem> {
         if (revision.number != 13) return std::nullopt;
         return config::GeneralProblem(Problem::LOCAL, "crashed_here");
       },
       .before_prepare = {},
       .after_prepare = {},
       .before_serve =
           [&](const xds::Revision& revision, std::function<void()> resume) {
             asked.push_back(revision.number);
             go = std::move(resume);
           },
       .served = [&](const xds::Revision& revision) { served.push_back(revision.number); },
       .endpoints_changed = {}});
  EXPECT_EQ(world.Prepare(13, LiveWorld::Answering("bad")).refused(0).text(), "crashed_here");
  world.Prepare(14, LiveWorld::Answering("good"));
  std::optional<LiveConfig::Report> answer;
  world.live.Serve(14, [&](LiveConfig::Report report) { answer = report; });
  world.Settle();
  EXPECT_EQ(asked, std::vector<uint64_t>{14});
  EXPECT_EQ(world.Ask("l"), "refused");
  go();
  world.Until([&] { return answer.has_value(); });
  EXPECT_EQ(served, std::vector<uint64_t>{14});
  EXPECT_EQ(world.Ask("l"), "good");
}

TEST_F(LiveConfigCommitTest, TheGuardIsAskedBeforeACompileAndToldWhenPreparingIsOver) {
  std::function<void()> go;
  int over = 0;
  world.live.SetGuard(
      {.refuses = {},
       .before_prepare = [&](const xds::Revision&,
                             std::function<void()> resume) { go = std::move(resume); },
       .after_prepare = [&] { ++over; },
       .before_serve = {},
       .served = {},
       .endpoints_changed = {}});
  std::optional<LiveConfig::Report> first, second;
  world.live.Prepare(LiveWorld::RevisionOf(1, LiveWorld::Answering("one")),
                     [&](LiveConfig::Report report) { first = report; });
  world.Settle();
  EXPECT_FALSE(first.has_value()) << "compiled before the guard let it";
  const std::function<void()> stale = std::exchange(go, nullptr);
  world.live.Prepare(LiveWorld::RevisionOf(2, LiveWorld::Answering("two")),
                     [&](LiveConfig::Report report) { second = report; });
  ASSERT_TRUE(first.has_value()) << "superseded";
  EXPECT_EQ(over, 1);
  stale();
  world.Settle();
  EXPECT_FALSE(second.has_value());
  go();
  world.Until([&] { return second.has_value(); });
  EXPECT_EQ(second->refused_size(), 0);
  EXPECT_EQ(over, 2);
}

TEST_F(LiveConfigCommitTest, WhatIsPreparedWhileASwitchWaitsStaysPrepared) {
  std::function<void()> go;
  world.live.SetGuard(
      {.refuses = {},
       .before_prepare = {},
       .after_prepare = {},
       .before_serve = [&](const xds::Revision&,
                           std::function<void()> resume) { go = std::move(resume); },
       .served = {},
       .endpoints_changed = {}});
  world.Prepare(1, LiveWorld::Answering("one"));
  std::optional<LiveConfig::Report> first;
  world.live.Serve(1, [&](LiveConfig::Report report) { first = report; });
  const uint16_t port = worker::WorkerFixture::FreePort();
  EXPECT_EQ(world.Prepare(2, LiveWorld::Answering("two", port)).refused_size(), 0);
  go();
  world.Until([&] { return first.has_value(); });
  world.Settle();
  EXPECT_EQ(world.Ask("l"), "one");
  EXPECT_TRUE(worker::WorkerFixture::IsBound(port));
  std::optional<LiveConfig::Report> second;
  world.live.Serve(2, [&](LiveConfig::Report report) { second = report; });
  go();
  world.Until([&] { return second.has_value(); });
  EXPECT_EQ(world.Ask("l"), "two");
}

}  // namespace
}  // namespace sluice::main
