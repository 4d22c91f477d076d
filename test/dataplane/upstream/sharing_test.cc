// Two workers on one thread: every order of events can be played.
#include <gtest/gtest.h>

#include "test/dataplane/upstream/world.h"
#include "test/support/fake_upstream.h"

namespace sluice::upstream {
namespace {

using std::chrono::seconds;
using test::FakeUpstream;

class SharingTest : public testing::Test {
 protected:
  SharingTest() : SharingTest(true) {}
  explicit SharingTest(bool share) : registry({.workers = 2, .share_idle = share}) {
    spec.name = "service";
    upstream.AnswerWith(std::string(kOk));
  }
  void Prepare() {
    auto shared = std::make_shared<const ClusterSpec>(spec);
    cluster = registry.Prepare(shared);
    registry.SetEndpoints(*cluster, World::SetOf({upstream.address()}));
  }
  void Run() {
    for (int i = 0; i < 4; ++i) {
      first.loop.RunUntilIdle();
      second.loop.RunUntilIdle();
      server_loop.RunUntilIdle();
    }
  }
  void Start(TestWorker& worker, Client& client) {
    client.Forget();
    client.Get(*worker.upstream.Find(cluster->id()));
  }
  void Exchange(TestWorker& worker, Client& client) {
    Start(worker, client);
    Run();
    EXPECT_EQ(client.Result(), "200 ok.");
  }

  test::ManualClock clock;
  ClusterSpec spec;
  Registry registry;
  std::shared_ptr<Cluster> cluster;
  event::Loop server_loop{clock};
  TestWorker first{0, registry, clock};
  TestWorker second{1, registry, clock};
  FakeUpstream upstream{server_loop};
  Client a{first.blocks};
  Client b{second.blocks};
};

class NotSharingTest : public SharingTest {
 protected:
  NotSharingTest() : SharingTest(false) {}
};

TEST_F(SharingTest, TwoWorkersInTurnNeedOneConnection) {
  Prepare();
  for (int i = 0; i < 5; ++i) {
    Exchange(first, a);
    Exchange(second, b);
  }
  EXPECT_EQ(upstream.size(), 1u);
  EXPECT_EQ(upstream.requests(), 10u);
  EXPECT_EQ(cluster->Total(&PoolStats::cx_total), 1u);
  EXPECT_EQ(cluster->Total(&PoolStats::cx_active), 1);
  EXPECT_EQ(cluster->Total(&PoolStats::cx_stolen), 9u);
  EXPECT_EQ(cluster->breaker().connections.count(), 1u);
}

TEST_F(NotSharingTest, EachWorkerHasItsOwnWhenSharingIsOff) {
  Prepare();
  for (int i = 0; i < 5; ++i) {
    Exchange(first, a);
    Exchange(second, b);
  }
  EXPECT_EQ(upstream.size(), 2u);
}

TEST_F(SharingTest, AConnectionInUseIsNotTaken) {
  Prepare();
  upstream.AnswerWith("");
  Start(first, a);
  Run();
  Start(second, b);
  Run();
  EXPECT_EQ(upstream.size(), 2u);
}

TEST_F(SharingTest, TheOwnerForgetsATakenConnectionAtItsIdleTimer) {
  Prepare();
  Exchange(first, a);
  Exchange(second, b);
  clock.Advance(seconds(50));
  Exchange(second, b);
  clock.Advance(seconds(10));
  Run();
  EXPECT_EQ(upstream.open(), 1u) << "the old owner's timer must not close what is not his";
  EXPECT_EQ(cluster->Total(&PoolStats::cx_lost), 1u);
  Exchange(second, b);
  EXPECT_EQ(upstream.size(), 1u);
}

TEST_F(SharingTest, AnEventThatTheOwnerHadAlreadyFetchedDoesNotDisturbTheTaker) {
  Prepare();
  Exchange(first, a);
  // The server's FIN wakes the owner's epoll; before the owner runs, the other worker takes it.
  Start(second, b);
  upstream[0].Close();
  Run();
  EXPECT_EQ(cluster->Total(&PoolStats::cx_stolen), 1u);
  EXPECT_EQ(b.Result(), "!6");
  EXPECT_TRUE(b.failure.reused_connection) << "the owner of the call may try again";
  Exchange(first, a);
  EXPECT_EQ(cluster->breaker().connections.count(), 1u);
}

TEST_F(SharingTest, ADescriptorNumberUsedAgainIsNotMistakenForTheOldOne) {
  Prepare();
  Exchange(first, a);
  Exchange(second, b);  // taken; the first still has its object
  upstream[0].Close();
  Run();  // the second closes: the number is free
  EXPECT_EQ(cluster->Total(&PoolStats::cx_active), 0);
  Exchange(first, a);  // a new connection, most likely with the same number, parked again
  EXPECT_EQ(upstream.size(), 2u);
  clock.Advance(seconds(54));
  Run();
  Exchange(first, a);
  EXPECT_EQ(upstream.size(), 2u);
  EXPECT_EQ(cluster->Total(&PoolStats::cx_active), 1);
}

TEST_F(SharingTest, TheOwnerForgetsATakenConnectionWhenAnotherParksInItsPlace) {
  Prepare();
  upstream.AnswerWith("");
  Client long_one{first.blocks};
  Start(first, long_one);
  Start(first, a);
  Run();
  ASSERT_EQ(upstream.size(), 2u);
  const size_t of_a = upstream[0].received().empty() ? 1 : 0;
  upstream[of_a].Send(kOk);  // one of the two calls ends, its connection is parked
  Run();
  Start(second, b);          // and taken
  Run();
  EXPECT_EQ(cluster->Total(&PoolStats::cx_stolen), 1u);
  EXPECT_EQ(cluster->Total(&PoolStats::cx_lost), 0u);
  upstream[1 - of_a].Send(kOk);
  Run();
  EXPECT_EQ(cluster->Total(&PoolStats::cx_lost), 1u);
  upstream[of_a].Send(kOk);
  Run();
  EXPECT_EQ(b.Result(), "200 ok.");
}

TEST_F(SharingTest, TheLimitOfRequestsPerConnectionGoesAlong) {
  spec.max_requests_per_connection = 3;
  Prepare();
  for (int i = 0; i < 3; ++i) {
    Exchange(first, a);
    Exchange(second, b);
  }
  EXPECT_EQ(upstream.size(), 2u);
  EXPECT_EQ(upstream[0].requests(), 3u);
  EXPECT_TRUE(upstream[0].peer_ended());
}

TEST_F(SharingTest, AWorkerAtTheLimitClosesAnIdleConnectionOfTheOtherWorkerForRoom) {
  FakeUpstream other(server_loop);
  other.AnswerWith(std::string(kOk));
  spec.breaker.max_connections = 1;
  Prepare();
  Exchange(first, a);
  registry.SetEndpoints(*cluster, World::SetOf({upstream.address(), other.address()}));
  for (int i = 0; i < 4; ++i) Exchange(second, b);
  EXPECT_EQ(cluster->Total(&PoolStats::cx_active), 1);
  EXPECT_EQ(cluster->breaker().connections.count(), 1u);
}

TEST_F(SharingTest, AWorkerThatLeavesTakesItsParkedConnectionsAlong) {
  Prepare();
  auto third_registry = std::make_unique<Registry>(Registry::Options{.workers = 2});
  auto local = third_registry->Prepare(std::make_shared<const ClusterSpec>(spec));
  third_registry->SetEndpoints(*local, World::SetOf({upstream.address()}));
  auto gone = std::make_unique<TestWorker>(0, *third_registry, clock);
  {
    Client client(gone->blocks);
    client.Get(*gone->upstream.Find(local->id()));
    for (int i = 0; i < 4; ++i) gone->loop.RunUntilIdle(), server_loop.RunUntilIdle();
    EXPECT_EQ(client.Result(), "200 ok.");
  }
  gone.reset();
  server_loop.RunUntilIdle();
  EXPECT_TRUE(upstream[0].peer_ended());
  EXPECT_EQ(local->endpoints()->endpoints()[0]->claims().TakeForeign(1), 0u);
}

}  // namespace
}  // namespace sluice::upstream
