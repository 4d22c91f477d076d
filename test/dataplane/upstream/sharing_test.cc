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
  explicit SharingTest(bool share) : registry({.workers = 3, .share_idle = share}) {
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
  Endpoint& EndpointAt(size_t i) { return *cluster->endpoints()->endpoints().at(i); }
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

// The limit is one and the other worker has the connection: when it is free it goes over at once,
// without a look at the clock.
TEST_F(SharingTest, AFreedConnectionIsHandedToAWorkerThatWaits) {
  spec.breaker.max_connections = 1;
  Prepare();
  upstream.AnswerWith("");
  Start(first, a);
  Run();
  Start(second, b);
  Run();
  ASSERT_EQ(upstream.size(), 1u);
  EXPECT_EQ(b.Result(), "");
  upstream[0].Send(kOk);
  upstream.AnswerWith(std::string(kOk));
  Run();
  EXPECT_EQ(a.Result(), "200 ok.");
  EXPECT_EQ(b.Result(), "200 ok.");
  EXPECT_EQ(upstream.size(), 1u);
  EXPECT_EQ(cluster->Total(&PoolStats::cx_handed), 1u);
  EXPECT_EQ(cluster->Total(&PoolStats::rq_beside_idle), 0u);
  EXPECT_EQ(cluster->breaker().connections.count(), 1u);
  EXPECT_EQ(cluster->breaker().pending.count(), 0u);
  EXPECT_FALSE(EndpointAt(0).wanted().Any());
  EXPECT_FALSE(EndpointAt(0).starving().Any());
  EXPECT_FALSE(cluster->room_wanted().Any());
}

// Both have calls waiting, one has the only connection: they take turns.
TEST_F(SharingTest, AWorkerWithCallsOfItsOwnDoesNotStarveTheOther) {
  spec.breaker.max_connections = 1;
  Prepare();
  upstream.AnswerWith("");
  Client c{first.blocks}, d{second.blocks};
  Start(first, a);
  Run();
  Start(first, c);
  Start(second, b);
  Start(second, d);
  Run();
  std::string order;
  for (int i = 0; i < 4; ++i) {
    upstream[0].Send(kOk);
    Run();
    for (auto [client, name] : {std::pair(&a, 'a'), {&b, 'b'}, {&c, 'c'}, {&d, 'd'}}) {
      if (client->ended() && order.find(name) == std::string::npos) order += name;
    }
  }
  EXPECT_EQ(order, "abcd") << "a and c are the first worker's";
  EXPECT_EQ(upstream.size(), 1u);
}

TEST_F(SharingTest, AConnectionThatIsOpenedWhileAnotherComesFreeIsNotWaitedFor) {
  Prepare();
  upstream.AnswerWith("");
  Start(first, a);
  Run();
  upstream[0].Send(kOk);
  server_loop.RunUntilIdle();
  Start(second, b);  // begins to connect: nothing is idle yet
  first.loop.RunUntilIdle();
  second.loop.RunUntilIdle();
  EXPECT_EQ(cluster->Total(&PoolStats::cx_handed), 1u);
  Run();
  EXPECT_EQ(upstream[0].requests(), 2u) << "the call went over the one that came free";
}

TEST_F(SharingTest, RoomFreedOnOneWorkerIsUsedByTheOther) {
  FakeUpstream other(server_loop);
  spec.breaker.max_connections = 1;
  Prepare();
  upstream.AnswerWith("");
  Start(first, a);
  Run();
  registry.SetEndpoints(*cluster, World::SetOf({other.address()}));
  other.AnswerWith(std::string(kOk));
  Start(second, b);
  Run();
  EXPECT_EQ(other.size(), 0u);
  upstream[0].Send(kOk);  // its endpoint has left: the connection is closed
  Run();
  EXPECT_EQ(b.Result(), "200 ok.");
  EXPECT_EQ(cluster->breaker().connections.count(), 1u);
}

TEST_F(SharingTest, AnIdleConnectionIsClosedForRoomThatTheOtherWorkerWaitsFor) {
  FakeUpstream other(server_loop);
  spec.breaker.max_connections = 1;
  Prepare();
  registry.SetEndpoints(*cluster, World::SetOf({upstream.address(), other.address()}));
  upstream.AnswerWith("");
  other.AnswerWith("");
  Client c{second.blocks};
  Start(first, a);
  Run();
  FakeUpstream& taken = upstream.size() == 1 ? upstream : other;
  FakeUpstream& free = upstream.size() == 1 ? other : upstream;
  Start(second, b);
  Start(second, c);  // one of the two is for the other endpoint
  Run();
  EXPECT_EQ(free.size(), 0u);
  free.AnswerWith(std::string(kOk));
  taken[0].Send(kOk);
  taken.AnswerWith(std::string(kOk));
  Run();
  Run();
  EXPECT_EQ(b.Result(), "200 ok.");
  EXPECT_EQ(c.Result(), "200 ok.");
  EXPECT_EQ(cluster->breaker().connections.count(), 1u);
}

TEST_F(SharingTest, TheLimitPerHostHoldsOnBothWorkersTogether) {
  spec.breaker.max_connections_per_host = 1;
  Prepare();
  upstream.AnswerWith("");
  Start(first, a);
  Start(second, b);
  Run();
  EXPECT_EQ(upstream.size(), 1u);
  EXPECT_EQ(EndpointAt(0).connections().count(), 1u);
  upstream[0].Send(kOk);
  Run();
  upstream[0].Send(kOk);
  Run();
  EXPECT_EQ(a.Result(), "200 ok.");
  EXPECT_EQ(b.Result(), "200 ok.");
  EXPECT_EQ(upstream.size(), 1u);
  upstream[0].Close();
  Run();
  EXPECT_EQ(EndpointAt(0).connections().count(), 0u);
}

TEST_F(SharingTest, AConnectionHandedToAWorkerThatIsLeavingIsClosed) {
  spec.breaker.max_connections = 1;
  Prepare();
  upstream.AnswerWith("");
  Start(first, a);
  Run();
  auto gone = std::make_unique<TestWorker>(2, registry, clock);
  {
    Client waiting(gone->blocks);
    waiting.Get(*gone->upstream.Find(cluster->id()));
    gone->loop.RunUntilIdle();
    upstream[0].Send(kOk);
    server_loop.RunUntilIdle();
    first.loop.RunUntilIdle();  // the connection is in the mailbox now
    EXPECT_EQ(cluster->Total(&PoolStats::cx_handed), 1u);
  }
  gone.reset();
  Run();
  EXPECT_TRUE(upstream[0].peer_ended());
  EXPECT_EQ(cluster->breaker().connections.count(), 0u);
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
