#include "dataplane/upstream/pool.h"

#include <gtest/gtest.h>

#include <deque>

#include "test/dataplane/upstream/world.h"
#include "test/support/fake_upstream.h"

namespace sluice::upstream {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using test::FakeUpstream;

std::string Failure(CallError error) { return "!" + std::to_string(static_cast<int>(error)); }

class PoolTest : public testing::Test {
 protected:
  WorkerCluster& Serve(ClusterSpec spec = Spec()) {
    return world.Serve(std::move(spec), {upstream.address()});
  }
  Client& NewClient() { return clients.emplace_back(world.worker.blocks); }
  // Makes `n` calls in one turn.
  void Start(WorkerCluster& cluster, int n) {
    for (int i = 0; i < n; ++i) NewClient().Get(cluster);
  }
  void RunTurn() { world.worker.loop.RunOnce(base::Duration::zero()); }
  int Ended() const {
    int n = 0;
    for (const Client& client : clients) n += client.ended() ? 1 : 0;
    return n;
  }
  void AnswerAll() {
    for (size_t i = 0; i < upstream.size(); ++i) upstream[i].Send(kOk);
    world.Run();
  }

  World world;
  FakeUpstream upstream{world.worker.loop};
  std::deque<Client> clients;
};

TEST_F(PoolTest, UsesOneConnectionForRequestsInTurn) {
  upstream.AnswerWith(std::string(kOk));
  WorkerCluster& cluster = Serve();
  for (int i = 0; i < 5; ++i) {
    NewClient().Get(cluster);
    world.Run();
  }
  EXPECT_EQ(Ended(), 5);
  EXPECT_EQ(upstream.size(), 1u);
  EXPECT_EQ(world.Count(&PoolStats::rq_reused), 4u);
  EXPECT_EQ(world.Count(&PoolStats::cx_total), 1u);
}

TEST_F(PoolTest, PrefersTheConnectionUsedLast) {
  WorkerCluster& cluster = Serve();
  Start(cluster, 2);
  world.Run();
  ASSERT_EQ(upstream.size(), 2u);
  upstream[1].Send(kOk);
  world.Run();
  upstream[0].Send(kOk);
  world.Run();
  NewClient().Get(cluster);
  world.Run();
  EXPECT_EQ(upstream[0].requests(), 2u);
  EXPECT_EQ(upstream[1].requests(), 1u);
}

TEST_F(PoolTest, OpensAQuarterOfTheWaitersPerTurn) {
  WorkerCluster& cluster = Serve();
  Start(cluster, 16);
  RunTurn();
  EXPECT_EQ(world.Count(&PoolStats::cx_total), 4u);
  RunTurn();
  EXPECT_LE(world.Count(&PoolStats::cx_total), 8u);
  world.Run();
  EXPECT_EQ(upstream.requests(), 16u);
  EXPECT_EQ(upstream.size(), 16u);
}

TEST_F(PoolTest, ABurstOfShortRequestsSharesTheFirstConnections) {
  upstream.AnswerWith(std::string(kOk));
  Start(Serve(), 64);
  world.Run();
  EXPECT_EQ(Ended(), 64);
  EXPECT_LT(upstream.size(), 64u) << "a connection that came free serves the next in the queue";
  EXPECT_EQ(upstream.open(), upstream.size()) << "and those that came too late are kept";
}

TEST_F(PoolTest, ServesWaitersInTheOrderTheyCame) {
  ClusterSpec spec = Spec();
  spec.breaker.max_connections = 1;
  Start(Serve(spec), 3);
  world.Run();
  EXPECT_EQ(upstream.size(), 1u);
  for (int i = 0; i < 3; ++i) {
    EXPECT_EQ(Ended(), i);
    AnswerAll();
    EXPECT_TRUE(clients[static_cast<size_t>(i)].ended());
  }
}

TEST_F(PoolTest, ClosesAConnectionNobodyUsedForTheIdleTimeout) {
  upstream.AnswerWith(std::string(kOk));
  ClusterSpec spec = Spec();
  spec.idle_timeout = seconds(10);
  WorkerCluster& cluster = Serve(spec);
  NewClient().Get(cluster);
  world.Run();
  world.Advance(seconds(9));
  NewClient().Get(cluster);
  world.Run();
  world.Advance(seconds(9));
  EXPECT_EQ(upstream.open(), 1u) << "the time runs from the last use";
  world.Advance(seconds(2));
  EXPECT_EQ(upstream.open(), 0u);
  EXPECT_EQ(world.Count(&PoolStats::cx_idle_timeout), 1u);
}

TEST_F(PoolTest, AnIdleTimeoutMayBeShorterThanTheConnectTimeout) {
  upstream.AnswerWith(std::string(kOk));
  ClusterSpec spec = Spec();
  spec.connect_timeout = seconds(60);
  spec.idle_timeout = seconds(2);
  NewClient().Get(Serve(spec));
  world.Run();
  world.Advance(seconds(3));
  EXPECT_EQ(upstream.open(), 0u);
}

TEST_F(PoolTest, DoesNotTimeOutAConnectionInUse) {
  ClusterSpec spec = Spec();
  spec.idle_timeout = seconds(10);
  NewClient().Get(Serve(spec));
  world.Run();
  for (int i = 0; i < 5; ++i) world.Advance(seconds(30));
  AnswerAll();
  EXPECT_EQ(Ended(), 1);
}

TEST_F(PoolTest, ForgetsAnIdleConnectionThatThePeerClosed) {
  upstream.AnswerWith(std::string(kOk));
  WorkerCluster& cluster = Serve();
  NewClient().Get(cluster);
  world.Run();
  upstream[0].Close();
  world.Run();
  EXPECT_EQ(world.Count(&PoolStats::cx_active), 0);
  NewClient().Get(cluster);
  world.Run();
  EXPECT_EQ(Ended(), 2);
  EXPECT_EQ(world.Count(&PoolStats::rq_failed), 0u) << "no request met the dead connection";
}

TEST_F(PoolTest, ForgetsAnIdleConnectionOnWhichThePeerTalks) {
  WorkerCluster& cluster = Serve();
  NewClient().Get(cluster);
  world.Run();
  AnswerAll();
  upstream[0].Send("HTTP/1.1 200 OK\r\n");
  world.Run();
  EXPECT_TRUE(upstream[0].peer_ended());
}

TEST_F(PoolTest, EndsAConnectionAfterItsLastAllowedRequest) {
  upstream.AnswerWith(std::string(kOk));
  ClusterSpec spec = Spec();
  spec.max_requests_per_connection = 2;
  WorkerCluster& cluster = Serve(spec);
  for (int i = 0; i < 3; ++i) {
    NewClient().Get(cluster);
    world.Run();
  }
  EXPECT_EQ(Ended(), 3);
  EXPECT_EQ(upstream.size(), 2u);
  EXPECT_TRUE(upstream[0].peer_ended());
  EXPECT_EQ(world.Count(&PoolStats::cx_max_requests), 1u);
}

TEST_F(PoolTest, HonoursConnectionClose) {
  upstream.AnswerWith("HTTP/1.1 200 OK\r\ncontent-length: 0\r\nconnection: close\r\n\r\n");
  WorkerCluster& cluster = Serve();
  for (int i = 0; i < 2; ++i) {
    NewClient().Get(cluster);
    world.Run();
  }
  EXPECT_EQ(upstream.size(), 2u);
  EXPECT_EQ(upstream.open(), 0u);
}

TEST_F(PoolTest, RefusesMoreWaitersThanAllowed) {
  ClusterSpec spec = Spec();
  spec.breaker.max_connections = 1;
  spec.breaker.max_pending_requests = 1;
  WorkerCluster& cluster = Serve(spec);
  NewClient().Get(cluster);
  world.Run();
  Start(cluster, 2);
  world.Run();
  EXPECT_EQ(clients[1].Result(), "");
  EXPECT_EQ(clients[2].Result(), Failure(CallError::kPendingOverflow));
  EXPECT_EQ(world.Count(&PoolStats::rq_pending_overflow), 1u);
  AnswerAll();
  AnswerAll();
  EXPECT_EQ(Ended(), 2);
  EXPECT_EQ(world.cluster->breaker().pending.count(), 0u);
}

TEST_F(PoolTest, RefusesMoreRequestsThanAllowed) {
  ClusterSpec spec = Spec();
  spec.breaker.max_requests = 2;
  WorkerCluster& cluster = Serve(spec);
  Start(cluster, 3);
  world.Run();
  EXPECT_EQ(clients[2].Result(), Failure(CallError::kPendingOverflow));
  AnswerAll();
  NewClient().Get(cluster);
  world.Run();
  EXPECT_EQ(clients[3].Result(), "") << "the two have given their place back";
}

TEST_F(PoolTest, CountsNothingWhereThereIsNoLimit) {
  ClusterSpec spec = Spec();
  spec.breaker.max_requests = BreakerLimits::kUnlimited;
  Start(Serve(spec), 3);
  world.Run();
  EXPECT_EQ(world.cluster->breaker().requests.count(), 0u);
}

TEST_F(PoolTest, MakesRoomAtTheLimitByClosingAnIdleConnectionOfAnotherEndpoint) {
  FakeUpstream other(world.worker.loop);
  upstream.AnswerWith(std::string(kOk));
  other.AnswerWith(std::string(kOk));
  ClusterSpec spec = Spec();
  spec.breaker.max_connections = 1;
  WorkerCluster& cluster = world.Serve(spec, {upstream.address(), other.address()});
  for (int i = 0; i < 4; ++i) {
    NewClient().Get(cluster);
    world.Run();
    EXPECT_EQ(Ended(), i + 1) << "round robin alternates, the limit is one";
    EXPECT_EQ(upstream.open() + other.open(), 1u);
  }
}

TEST_F(PoolTest, WaitsAtTheLimitForAPlaceTakenByAnotherEndpoint) {
  FakeUpstream other(world.worker.loop);
  ClusterSpec spec = Spec();
  spec.breaker.max_connections = 1;
  WorkerCluster& cluster = world.Serve(spec, {upstream.address(), other.address()});
  Start(cluster, 2);
  world.Run();
  EXPECT_EQ(upstream.size() + other.size(), 1u);
  EXPECT_EQ(world.Count(&PoolStats::cx_overflow), 1u);
  FakeUpstream& first = upstream.size() == 1 ? upstream : other;
  FakeUpstream& second = upstream.size() == 1 ? other : upstream;
  first[0].Send(kOk);
  second.AnswerWith(std::string(kOk));
  world.Run();
  world.Advance(milliseconds(20));
  EXPECT_EQ(Ended(), 2);
}

TEST_F(PoolTest, GivesUpAtTheLimitAfterTheConnectTimeout) {
  FakeUpstream other(world.worker.loop);
  ClusterSpec spec = Spec();
  spec.breaker.max_connections = 1;
  spec.connect_timeout = seconds(1);
  WorkerCluster& cluster = world.Serve(spec, {upstream.address(), other.address()});
  Start(cluster, 2);
  world.Run();
  for (int i = 0; i < 60; ++i) world.Advance(milliseconds(20));
  const std::string refused = Failure(CallError::kConnectionOverflow);
  EXPECT_TRUE(clients[0].Result() == refused || clients[1].Result() == refused);
}

TEST_F(PoolTest, ARefusedConnectionFailsOneWaiterNotAll) {
  ClusterSpec spec = Spec();
  WorkerCluster& cluster = world.Serve(spec, {test::RefusingAddress()});
  Start(cluster, 8);
  RunTurn();
  RunTurn();
  int failed = 0;
  for (const Client& client : clients) failed += client.failed() ? 1 : 0;
  EXPECT_LE(failed, 4);
  world.Run();
  for (const Client& client : clients) {
    EXPECT_EQ(client.Result(), Failure(CallError::kConnectFailed));
  }
}

TEST_F(PoolTest, ClosesUnusedConnectionsToAnEndpointThatLeft) {
  FakeUpstream other(world.worker.loop);
  WorkerCluster& cluster = Serve();
  Start(cluster, 2);
  world.Run();
  upstream[0].Send(kOk);
  world.Run();
  world.registry.SetEndpoints(*world.cluster, World::SetOf({other.address()}));
  world.Run();
  EXPECT_TRUE(upstream[0].peer_ended()) << "idle";
  EXPECT_FALSE(upstream[1].peer_ended()) << "in use";
  upstream[1].Send(kOk);
  world.Run();
  EXPECT_EQ(Ended(), 2);
  EXPECT_TRUE(upstream[1].peer_ended());
  int pools = 0;
  clients.clear();
  world.Run();
  cluster.ForEachPool([&](Pool&) { ++pools; });
  EXPECT_EQ(pools, 0) << "the last call has let go of the endpoint";
}

TEST_F(PoolTest, KeepsConnectionsWhenAnEndpointStays) {
  upstream.AnswerWith(std::string(kOk));
  WorkerCluster& cluster = Serve();
  NewClient().Get(cluster);
  world.Run();
  FakeUpstream other(world.worker.loop);
  world.registry.SetEndpoints(*world.cluster, World::SetOf({upstream.address(), other.address()}));
  world.Run();
  EXPECT_EQ(upstream.open(), 1u);
}

}  // namespace
}  // namespace sluice::upstream
