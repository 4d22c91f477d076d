// Pools and calls over HTTP/2: many calls share a connection.
#include <gtest/gtest.h>

#include <deque>

#include "test/dataplane/upstream/world.h"
#include "test/support/fake_upstream.h"
#include "test/support/h2_peer.h"

namespace sluice::upstream {
namespace {

using test::H2Peer;

std::string Failure(CallError error) { return "!" + std::to_string(static_cast<int>(error)); }

class Http2Test : public testing::Test {
 protected:
  Http2Test() { spec.protocol = Protocol::kHttp2; }
  WorkerCluster& Serve() { return world.Serve(spec, {upstream.address()}); }
  Client& NewClient() { return clients.emplace_back(world.worker.blocks); }

  // Carries bytes between the sockets and one H2Peer per connection until nothing moves.
  void Run() {
    for (int i = 0; i < 6; ++i) {
      world.Run();
      while (peers.size() < upstream.size()) peers.emplace_back(options), fed.push_back(0);
      for (size_t c = 0; c < peers.size(); ++c) {
        const std::string& received = upstream[c].received();
        peers[c].Receive(std::string_view(received).substr(fed[c]));
        fed[c] = received.size();
        upstream[c].Send(peers[c].TakeOutput());
      }
    }
  }

  World world;
  test::FakeUpstream upstream{world.worker.loop};
  ClusterSpec spec = Spec();
  H2Peer::Options options;
  std::deque<H2Peer> peers;
  std::vector<size_t> fed;
  std::deque<Client> clients;
};

TEST_F(Http2Test, ManyCallsShareOneConnection) {
  WorkerCluster& cluster = Serve();
  for (int i = 0; i < 20; ++i) NewClient().Get(cluster);
  Run();
  ASSERT_EQ(peers.size(), 1u);
  EXPECT_EQ(peers[0].requests.size(), 20u);
  for (auto& [stream, request] : peers[0].requests) {
    EXPECT_EQ(request.Get(":path"), "/");
    peers[0].Respond(stream, "200", "ok");
  }
  Run();
  for (const Client& client : clients) EXPECT_EQ(client.Result(), "200 ok.");
  NewClient().Get(cluster);
  Run();
  EXPECT_EQ(peers.size(), 1u);
}

TEST_F(Http2Test, OpensAnotherConnectionOnlyWhenTheFirstIsFull) {
  options.max_streams = 2;
  WorkerCluster& cluster = Serve();
  NewClient().Get(cluster);
  Run();
  NewClient().Get(cluster);
  Run();
  EXPECT_EQ(peers.size(), 1u);
  NewClient().Get(cluster);
  Run();
  EXPECT_EQ(peers.size(), 2u);
  EXPECT_EQ(peers[1].requests.size(), 1u);
}

TEST_F(Http2Test, ABrokenStreamDoesNotDisturbItsNeighbours) {
  WorkerCluster& cluster = Serve();
  for (int i = 0; i < 3; ++i) NewClient().Get(cluster);
  Run();
  clients[0].call.Cancel();
  peers[0].Reset(3, 2);
  Run();
  EXPECT_EQ(clients[1].Result(), Failure(CallError::kReset));
  EXPECT_TRUE(peers[0].requests[1].reset.has_value()) << "the cancelled one";
  peers[0].Respond(5, "200", "ok");
  Run();
  EXPECT_EQ(clients[2].Result(), "200 ok.");
  EXPECT_EQ(upstream.open(), 1u);
}

TEST_F(Http2Test, ARefusedStreamWasNotSent) {
  NewClient().Get(Serve());
  Run();
  peers[0].Reset(1, 7);
  Run();
  EXPECT_EQ(clients[0].Result(), Failure(CallError::kReset));
  EXPECT_EQ(clients[0].failure.stream_error, http::StreamError::kRefused);
  EXPECT_FALSE(clients[0].failure.request_sent);
}

TEST_F(Http2Test, AfterGoAwayNewCallsUseANewConnection) {
  WorkerCluster& cluster = Serve();
  NewClient().Get(cluster);
  Run();
  peers[0].GoAway(1);
  Run();
  NewClient().Get(cluster);
  Run();
  EXPECT_EQ(peers.size(), 2u);
  peers[0].Respond(1, "200", "ok");
  Run();
  EXPECT_EQ(clients[0].Result(), "200 ok.") << "what it had taken goes on";
  EXPECT_TRUE(upstream[0].peer_ended()) << "and then it is closed";
  EXPECT_FALSE(upstream[1].peer_ended());
}

TEST_F(Http2Test, ALostConnectionFailsAllItsCalls) {
  WorkerCluster& cluster = Serve();
  for (int i = 0; i < 3; ++i) NewClient().Get(cluster);
  Run();
  upstream[0].Reset();
  world.Run();
  for (const Client& client : clients) {
    EXPECT_EQ(client.Result(), Failure(CallError::kConnectionLost));
  }
}

TEST_F(Http2Test, ACallThatEndsTheConnectionInsideItsEventEndsTheOthersForGood) {
  WorkerCluster& cluster = Serve();
  for (int i = 0; i < 2; ++i) NewClient().Get(cluster);
  Run();
  clients[0].on_head = [&] {
    cluster.ForEachPool([](Pool& pool) { pool.connection(0).Close(); });
    // The same object begins anew while the old codec is still reading.
    clients[1].Get(cluster);
  };
  peers[0].Respond(1, "200", "ok");
  peers[0].Respond(3, "200", "ok");
  Run();
  EXPECT_EQ(clients[0].Result(), Failure(CallError::kConnectionLost));
  ASSERT_EQ(peers.size(), 2u);
  EXPECT_EQ(clients[1].body, "") << "said by the old connection";
  EXPECT_TRUE(clients[1].call.active());
}

TEST_F(Http2Test, PingsAPeerThatIsSilentAndClosesWhenItStaysSo) {
  spec.keepalive = {.interval = std::chrono::seconds(30), .timeout = std::chrono::seconds(5)};
  NewClient().Get(Serve());
  Run();
  const auto wait = [&](int seconds) {
    world.clock.Advance(std::chrono::seconds(seconds));
    Run();
  };
  wait(29);
  EXPECT_EQ(peers[0].pings, 0u);
  wait(2);
  EXPECT_EQ(peers[0].pings, 1u);
  for (int i = 0; i < 4; ++i) wait(10);
  EXPECT_EQ(peers[0].pings, 2u) << "it answers, so the call goes on";
  EXPECT_TRUE(clients[0].call.active());
  wait(10);
  world.Advance(std::chrono::seconds(31));  // from here on the peer gets nothing
  EXPECT_TRUE(clients[0].call.active());
  world.Advance(std::chrono::seconds(6));
  EXPECT_EQ(clients[0].Result(), Failure(CallError::kConnectionLost));
  EXPECT_EQ(world.Count(&PoolStats::cx_keepalive_timeout), 1u);
}

TEST_F(Http2Test, ACallMayWantPingsThatItsClusterDoesNotAskFor) {
  WorkerCluster& cluster = Serve();
  NewClient().call.SetKeepalive(
      {.interval = std::chrono::seconds(30), .timeout = std::chrono::seconds(5)});
  clients[0].Get(cluster);
  Run();
  world.clock.Advance(std::chrono::seconds(31));
  Run();
  EXPECT_EQ(peers[0].pings, 1u);
  peers[0].Respond(1, "200", "ok");
  Run();
  world.clock.Advance(std::chrono::seconds(50));
  Run();
  EXPECT_EQ(peers[0].pings, 1u) << "nobody waits for anything";
}

TEST_F(Http2Test, AnswersPingsWhileNobodyUsesTheConnection) {
  WorkerCluster& cluster = Serve();
  NewClient().Get(cluster);
  Run();
  peers[0].Respond(1, "200", "ok");
  Run();
  const uint32_t acks = peers[0].acks;
  peers[0].Ping();
  Run();
  EXPECT_EQ(peers[0].acks, acks + 1);
  EXPECT_EQ(upstream.open(), 1u);
}

TEST_F(Http2Test, APausedCallDoesNotHoldTheOthersBack) {
  WorkerCluster& cluster = Serve();
  for (int i = 0; i < 2; ++i) NewClient().Get(cluster);
  Run();
  clients[0].keep_body = false;
  clients[0].call.PauseResponse(true);
  peers[0].SendHead(1, {{":status", "200"}});
  peers[0].SendBody(1, std::string(1 << 20, 'x'), true);
  peers[0].Respond(3, "200", "ok");
  Run();
  EXPECT_EQ(clients[1].Result(), "200 ok.");
  EXPECT_LE(clients[0].body_bytes, 64u * 1024) << "its window is all that comes";
  clients[0].call.PauseResponse(false);
  for (int i = 0; i < 50 && !clients[0].ended(); ++i) Run();
  EXPECT_EQ(clients[0].body_bytes, size_t{1} << 20);
}

TEST_F(Http2Test, ABodyWaitsForTheWindowsAndReportsWhenItDrained) {
  options.refill_windows = false;
  NewClient().Post(Serve());
  Run();
  clients[0].Send(std::string(200000, 'x'), http::EndStream::kYes);
  Run();
  EXPECT_GT(clients[0].call.queued_bytes(), Call::kHighMark);
  EXPECT_EQ(clients[0].sendable, 0);
  for (int i = 0; i < 50 && clients[0].sendable == 0; ++i) {
    peers[0].Consume(1, 20000);
    Run();
  }
  EXPECT_EQ(clients[0].sendable, 1);
  EXPECT_LE(clients[0].call.queued_bytes(), Call::kHighMark / 2);
}

TEST_F(Http2Test, AnEarlyResponseLeavesTheConnectionInUse) {
  WorkerCluster& cluster = Serve();
  NewClient().Post(cluster);
  clients[0].Send("part");
  Run();
  peers[0].Respond(1, "200", "ok");
  Run();
  EXPECT_EQ(clients[0].Result(), "200 ok.");
  NewClient().Get(cluster);
  Run();
  EXPECT_EQ(peers.size(), 1u);
}

TEST_F(Http2Test, RequestsPerConnectionAreLimited) {
  spec.max_requests_per_connection = 2;
  WorkerCluster& cluster = Serve();
  for (int i = 0; i < 3; ++i) NewClient().Get(cluster);
  Run();
  EXPECT_EQ(peers.size(), 2u);
  for (int stream : {1, 3}) peers[0].Respond(stream, "200", "ok");
  Run();
  EXPECT_TRUE(upstream[0].peer_ended());
}

TEST_F(Http2Test, APeerThatBreaksTheRulesFailsItsCallsAsBadResponse) {
  NewClient().Get(Serve());
  Run();
  upstream[0].Send("HTTP/1.1 400 Bad Request\r\n\r\n");
  Run();
  EXPECT_EQ(clients[0].Result(), Failure(CallError::kBadResponse));
  EXPECT_TRUE(peers[0].client_goaway.has_value()) << "and hears why";
  EXPECT_TRUE(upstream[0].peer_ended());
}

TEST_F(Http2Test, AChangeOfProtocolReplacesTheConnection) {
  WorkerCluster& cluster = Serve();
  NewClient().Get(cluster);
  Run();
  peers[0].Respond(1, "200", "ok");
  Run();
  spec.protocol = Protocol::kHttp1;
  world.registry.Publish(*world.cluster, std::make_shared<const ClusterSpec>(spec));
  NewClient().Get(cluster);
  world.Run();
  EXPECT_EQ(upstream.size(), 2u);
  EXPECT_TRUE(upstream[1].received().starts_with("GET / HTTP/1.1\r\n"));
}

}  // namespace
}  // namespace sluice::upstream
