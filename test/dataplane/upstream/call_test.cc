#include "dataplane/upstream/call.h"

#include <gtest/gtest.h>

#include "test/dataplane/upstream/world.h"
#include "test/support/fake_upstream.h"

namespace sluice::upstream {
namespace {

using http::EndStream;
using std::chrono::seconds;
using test::FakeUpstream;

std::string Failure(CallError error) { return "!" + std::to_string(static_cast<int>(error)); }

class CallTest : public testing::Test {
 protected:
  WorkerCluster& Serve(ClusterSpec spec = Spec()) {
    return world.Serve(std::move(spec), {upstream.address()});
  }

  World world;
  FakeUpstream upstream{world.worker.loop};
  Client client{world.worker.blocks};
};

TEST_F(CallTest, ExchangesARequestForAResponse) {
  upstream.AnswerWith(std::string(kOk));
  client.Get(Serve());
  EXPECT_EQ(client.Result(), "") << "no event comes from inside Start";
  world.Run();
  EXPECT_EQ(client.Result(), "200 ok.");
  EXPECT_FALSE(client.call.active());
  EXPECT_EQ(upstream[0].received(), "GET / HTTP/1.1\r\nhost: service\r\n\r\n");
  EXPECT_EQ(client.call.endpoint()->address(), upstream.address());
}

TEST_F(CallTest, SaysThatNobodyIsThere) {
  WorkerCluster& empty = world.Serve(Spec(), {});
  client.Get(empty);
  EXPECT_FALSE(client.failed());
  world.Run();
  EXPECT_EQ(client.Result(), Failure(CallError::kNoHealthyEndpoint));
  EXPECT_EQ(client.call.endpoint(), nullptr);
  EXPECT_EQ(world.Count(&PoolStats::rq_active), 0);
}

TEST_F(CallTest, IsCountedAtItsEndpointWhileItLastsWhereThePolicyAsksForIt) {
  ClusterSpec spec = Spec();
  spec.balancing.policy = balance::PolicyKind::kLeastRequest;
  WorkerCluster& cluster = Serve(spec);
  const std::atomic<uint32_t>& active = world.EndpointAt(0).state().active;
  client.Get(cluster);
  EXPECT_EQ(active, 1u);
  client.call.Cancel();
  EXPECT_EQ(active, 0u);
  upstream.AnswerWith(std::string(kOk));
  client.Get(cluster);
  world.Run();
  EXPECT_TRUE(client.ended());
  EXPECT_EQ(active, 0u) << "the call still refers to its endpoint, but nothing is under way";
}

TEST_F(CallTest, CostsNoSharedCountWithoutAPolicyThatReadsIt) {
  client.Get(Serve());
  EXPECT_EQ(world.EndpointAt(0).state().active, 0u);
}

TEST_F(CallTest, ReportsARefusedConnection) {
  client.Get(world.Serve(Spec(), {test::RefusingAddress()}));
  world.Run();
  EXPECT_EQ(client.Result(), Failure(CallError::kConnectFailed));
  EXPECT_FALSE(client.failure.request_sent);
  EXPECT_EQ(world.Count(&PoolStats::cx_connect_fail), 1u);
  EXPECT_EQ(world.Count(&PoolStats::cx_active), 0);
}

TEST_F(CallTest, GivesUpConnectingAfterTheConnectTimeout) {
  test::DeafListener deaf;
  ClusterSpec spec = Spec();
  spec.connect_timeout = seconds(2);
  client.Get(world.Serve(spec, {deaf.address()}));
  world.Advance(seconds(1));
  EXPECT_EQ(client.Result(), "");
  world.Advance(seconds(2));
  EXPECT_EQ(client.Result(), Failure(CallError::kConnectTimeout));
  EXPECT_EQ(world.Count(&PoolStats::cx_connect_timeout), 1u);
}

TEST_F(CallTest, SendsABodyThatCameBeforeTheConnection) {
  client.Post(Serve());
  client.Send("one");
  client.Send("two", EndStream::kYes);
  EXPECT_EQ(client.call.queued_bytes(), 6u);
  world.Run();
  EXPECT_NE(upstream[0].received().find("one"), std::string::npos);
  EXPECT_TRUE(upstream[0].received().ends_with("0\r\n\r\n")) << upstream[0].received();
  EXPECT_EQ(client.call.queued_bytes(), 0u);
}

TEST_F(CallTest, TellsALostConnectionFromARefusedOne) {
  client.Get(Serve());
  world.Run();
  upstream[0].Reset();
  world.Run();
  EXPECT_EQ(client.Result(), Failure(CallError::kConnectionLost));
  EXPECT_TRUE(client.failure.request_sent);
  EXPECT_FALSE(client.failure.reused_connection);
}

TEST_F(CallTest, FailsWhenTheConnectionIsResetInsideTheResponse) {
  client.Get(Serve());
  world.Run();
  upstream[0].Send("HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\nhalf");
  world.Run();
  EXPECT_EQ(client.Result(), "200 half");
  upstream[0].Reset();
  world.Run();
  EXPECT_EQ(client.Result(), Failure(CallError::kConnectionLost));
}

TEST_F(CallTest, FailsWhenTheConnectionEndsInsideTheResponse) {
  client.Get(Serve());
  world.Run();
  upstream[0].Send("HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\nhalf");
  upstream[0].Close();
  world.Run();
  EXPECT_EQ(client.Result(), Failure(CallError::kConnectionLost));
}

TEST_F(CallTest, TakesABodyThatEndsWithTheConnection) {
  client.Get(Serve());
  world.Run();
  upstream[0].Send("HTTP/1.1 200 OK\r\n\r\nall there is");
  world.Run();
  EXPECT_FALSE(client.ended());
  upstream[0].Close();
  world.Run();
  EXPECT_EQ(client.Result(), "200 all there is.");
}

TEST_F(CallTest, DoesNotTakeAResetForTheEndOfABody) {
  client.Get(Serve());
  world.Run();
  upstream[0].Send("HTTP/1.1 200 OK\r\n\r\nall there is?");
  world.Run();
  upstream[0].Reset();
  world.Run();
  EXPECT_EQ(client.Result(), Failure(CallError::kConnectionLost));
}

TEST_F(CallTest, SaysHowAResponseBrokeTheRules) {
  client.Get(Serve());
  world.Run();
  upstream[0].Send("HTTP/1.1 200 OK\r\ncontent-length: 2\r\ncontent-length: 3\r\n\r\n");
  world.Run();
  EXPECT_EQ(client.Result(), Failure(CallError::kBadResponse));
  EXPECT_EQ(client.failure.stream_error, http::StreamError::kBadContentLength);
  EXPECT_TRUE(upstream[0].peer_ended());
}

TEST_F(CallTest, DropsAConnectionThatSaysMoreThanItsResponse) {
  client.Get(Serve());
  world.Run();
  upstream[0].Send(std::string(kOk) + std::string(kOk));
  world.Run();
  EXPECT_EQ(client.Result(), "200 ok.") << "the first response is complete";
  EXPECT_TRUE(upstream[0].peer_ended()) << "nobody may get the second one";
}

TEST_F(CallTest, EndsWithAnEarlyResponseWhileTheBodyIsStillBeingSent) {
  client.Post(Serve());
  client.Send("part");
  world.Run();
  upstream[0].Send(kOk);
  world.Run();
  EXPECT_EQ(client.Result(), "200 ok.");
  EXPECT_FALSE(client.call.active());
  client.Send("more of it");  // nobody wants it any more
  EXPECT_EQ(client.call.queued_bytes(), 0u);
  world.Run();
  EXPECT_TRUE(upstream[0].peer_ended()) << "the request is cut, so the connection is no good";
}

TEST_F(CallTest, DoesNotReuseAConnectionOnWhichPartOfTheRequestIsUnwritten) {
  client.Post(Serve());
  world.Run();
  upstream[0].PauseReading(true);
  client.Send(std::string(16 << 20, 'x'), EndStream::kYes);
  world.Run();
  ASSERT_GT(client.call.queued_bytes(), 0u);
  upstream[0].Send(kOk);
  world.Run();
  EXPECT_EQ(client.Result(), "200 ok.");
  EXPECT_EQ(world.Count(&PoolStats::cx_active), 0);
}

TEST_F(CallTest, PrefersTheAnswerOfAServerThatClosesOnALongBody) {
  client.Post(Serve());
  world.Run();
  upstream[0].PauseReading(true);
  client.Send(std::string(100000, 'x'));
  world.Run();
  upstream[0].Send("HTTP/1.1 413 Too Large\r\ncontent-length: 0\r\n\r\n");
  upstream[0].Close();  // with unread bytes: the kernel sends a reset behind the answer
  client.Send(std::string(100000, 'x'));
  world.Run();
  EXPECT_EQ(client.Result(), "413 .");
}

TEST_F(CallTest, FindsTheAnswerAlsoWhenTheFailedWriteIsNoticedFirst) {
  client.Post(Serve());
  world.Run();
  client.call.PauseResponse(true);  // so that nothing is read before the write
  upstream[0].Send("HTTP/1.1 413 Too Large\r\ncontent-length: 0\r\n\r\n");
  upstream[0].PauseReading(true);
  client.Send("x");
  world.Run();
  upstream[0].Close();
  for (int i = 0; i < 3; ++i) {
    client.Send("x");
    world.Run();
  }
  EXPECT_EQ(client.Result(), "") << "neither failed nor answered while it is paused";
  client.call.PauseResponse(false);
  world.Run();
  EXPECT_EQ(client.Result(), "413 .");
}

TEST_F(CallTest, ReportsWhenAQueuedBodyHasDrained) {
  client.Post(Serve());
  world.Run();
  upstream[0].PauseReading(true);
  size_t sent = 0;
  while (client.call.queued_bytes() <= Call::kHighMark && sent < (64u << 20)) {
    client.Send(std::string(65536, 'x'));
    sent += 65536;
    world.Run();
  }
  ASSERT_GT(client.call.queued_bytes(), Call::kHighMark) << "the server does not read";
  client.sendable = 0;
  world.Run();
  EXPECT_EQ(client.sendable, 0);
  upstream[0].PauseReading(false);
  for (int i = 0; i < 100 && client.sendable == 0; ++i) world.Run();
  EXPECT_EQ(client.sendable, 1);
  EXPECT_LE(client.call.queued_bytes(), Call::kHighMark / 2);
}

TEST_F(CallTest, LeavesAResponseInTheSocketWhileItIsPaused) {
  client.Get(Serve());
  world.Run();
  client.call.PauseResponse(true);
  upstream[0].Send("HTTP/1.1 200 OK\r\ncontent-length: 16777216\r\n\r\n");
  size_t sent = 0;
  const std::string block(65536, 'x');
  for (size_t n = 1; n > 0;) {
    n = upstream[0].Send(block);
    sent += n;
    world.Run();
    ASSERT_LT(sent, 16777216u) << "a paused call must let the socket fill up";
  }
  EXPECT_EQ(client.body_bytes, 0u);
  client.keep_body = false;
  client.call.PauseResponse(false);
  world.Run();
  EXPECT_EQ(client.body_bytes, sent);
}

TEST_F(CallTest, CanBePausedBeforeItHasAConnection) {
  upstream.AnswerWith(std::string(kOk));
  client.Get(Serve());
  client.call.PauseResponse(true);
  world.Run();
  EXPECT_EQ(upstream.requests(), 1u);
  EXPECT_EQ(client.Result(), "");
  client.call.PauseResponse(false);
  world.Run();
  EXPECT_EQ(client.Result(), "200 ok.");
}

TEST_F(CallTest, ForgetLetsGoOfTheEndpoint) {
  upstream.AnswerWith(std::string(kOk));
  client.Get(Serve());
  world.Run();
  EXPECT_NE(client.call.endpoint(), nullptr);
  client.call.Forget();
  EXPECT_EQ(client.call.endpoint(), nullptr);
}

TEST_F(CallTest, CanBePausedAndResumedInsideItsEvents) {
  client.on_head = [&] { client.call.PauseResponse(true); };
  client.Get(Serve());
  world.Run();
  upstream[0].Send(kOk);
  world.Run();
  EXPECT_EQ(client.Result(), "200 ") << "head and body came in one read";
  client.call.PauseResponse(false);
  world.Run();
  EXPECT_EQ(client.Result(), "200 ok.");
}

TEST_F(CallTest, CancelBeforeTheConnectionLeavesNothingBehind) {
  WorkerCluster& cluster = Serve();
  client.Get(cluster);
  client.call.Cancel();
  EXPECT_FALSE(client.call.active());
  world.Run();
  EXPECT_EQ(client.Result(), "");
  EXPECT_EQ(upstream.size(), 0u) << "nobody waits, so nothing is opened";
  EXPECT_EQ(cluster.cluster().breaker().requests.count(), 0u);
  EXPECT_EQ(cluster.cluster().breaker().pending.count(), 0u);
}

TEST_F(CallTest, CancelWhileConnectingKeepsTheConnectionForTheNext) {
  WorkerCluster& cluster = Serve();
  client.Get(cluster);
  world.worker.loop.RunOnce(base::Duration::zero());
  client.call.Cancel();
  world.Run();
  EXPECT_EQ(upstream.size(), 1u);
  EXPECT_EQ(upstream.open(), 1u);
  upstream.AnswerWith(std::string(kOk));
  client.Get(cluster);
  world.Run();
  EXPECT_EQ(client.Result(), "200 ok.");
  EXPECT_EQ(upstream.size(), 1u);
}

TEST_F(CallTest, CancelWhileWaitingForTheResponseClosesTheConnection) {
  client.Get(Serve());
  world.Run();
  client.call.Cancel();
  client.call.Cancel();
  world.Run();
  EXPECT_EQ(client.Result(), "");
  EXPECT_TRUE(upstream[0].peer_ended());
  EXPECT_EQ(world.Count(&PoolStats::rq_active), 0);
  EXPECT_EQ(world.Count(&PoolStats::cx_active), 0);
}

TEST_F(CallTest, CancelInsideTheResponseHeadStopsItsEvents) {
  client.on_head = [&] { client.call.Cancel(); };
  client.Get(Serve());
  world.Run();
  upstream[0].Send(kOk);
  world.Run();
  EXPECT_EQ(client.Result(), "200 ");
  EXPECT_TRUE(upstream[0].peer_ended());
}

TEST_F(CallTest, CancelOfARefusedStartStopsTheLateFailure) {
  client.Get(world.Serve(Spec(), {}));
  client.call.Cancel();
  world.Run();
  EXPECT_FALSE(client.failed());
}

TEST_F(CallTest, MayBeStartedAgainInsideItsLastEvent) {
  upstream.AnswerWith(std::string(kOk));
  WorkerCluster& cluster = Serve();
  int left = 3;
  client.on_end = [&] {
    if (--left == 0) return;
    client.Forget();
    client.Get(cluster);
  };
  client.Get(cluster);
  world.Run();
  EXPECT_EQ(left, 0);
  EXPECT_EQ(client.Result(), "200 ok.");
  EXPECT_EQ(upstream.requests(), 3u);
}

TEST_F(CallTest, MayBeStartedAgainInsideAFailure) {
  WorkerCluster& cluster = world.Serve(Spec(), {test::RefusingAddress()});
  client.on_failed = [&] {
    client.on_failed = nullptr;
    client.Forget();
    world.registry.SetEndpoints(*world.cluster, World::SetOf({upstream.address()}));
    client.Get(cluster);
  };
  upstream.AnswerWith(std::string(kOk));
  client.Get(cluster);
  world.Run();
  EXPECT_EQ(client.Result(), "200 ok.");
}

TEST_F(CallTest, PassesInformationalResponsesOn) {
  client.Get(Serve());
  world.Run();
  upstream[0].Send("HTTP/1.1 103 Early Hints\r\nlink: a\r\n\r\n");
  world.Run();
  EXPECT_EQ(client.informational.status, 103);
  EXPECT_EQ(client.Result(), "");
  upstream[0].Send(kOk);
  world.Run();
  EXPECT_EQ(client.Result(), "200 ok.");
}

}  // namespace
}  // namespace sluice::upstream
