// Life and death of a client connection: deadlines, keep-alive, lingering, drain.
#include "dataplane/proxy/downstream_connection.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "test/dataplane/proxy/proxy_world.h"

namespace sluice::proxy {
namespace {

using std::chrono::seconds;
using testing::HasSubstr;
using testing::StartsWith;

constexpr std::string_view kGet = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";

TEST(ConnectionTest, AnswersAMalformedRequestAndCloses) {
  ProxyWorld world;
  auto client = world.Connect();
  client->Send("GET / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n");
  EXPECT_THAT(client->received(), StartsWith("HTTP/1.1 400 Bad Request\r\n"));
  EXPECT_THAT(client->received(), HasSubstr("connection: close\r\n"));
  EXPECT_TRUE(client->closed());
  EXPECT_EQ(world.service.size(), 0u);
  EXPECT_EQ(world.stats().requests_total.value(), 1u);
  EXPECT_EQ(world.stats().requests_active.value(), 0);
}

TEST(ConnectionTest, TimesOutAHeadThatBeganBehindAnotherRequest) {
  ProxyWorld world;
  auto client = world.Connect();
  client->Send(std::string(kGet) + "GET / HT");
  EXPECT_THAT(client->Take(), StartsWith("HTTP/1.1 200 OK"));
  world.Advance(seconds(11));
  EXPECT_THAT(client->received(), StartsWith("HTTP/1.1 408 "));
  EXPECT_TRUE(client->closed());
}

// More pipelined bytes than one read takes: the rest is asked for again.
TEST(ConnectionTest, AnswersMorePipelinedRequestsThanOneReadTakes) {
  ProxyWorld world;
  auto client = world.Connect();
  std::string burst;
  for (int i = 0; i < 400; ++i) burst += kGet;
  client->Send(burst);
  EXPECT_EQ(world.stats().requests_total.value(), 400u);
}

TEST(ConnectionTest, TimesOutAHeadThatTricklesIn) {
  ProxyWorld world;
  auto client = world.Connect();
  client->Send("GET / HT");
  world.Advance(seconds(9));
  EXPECT_FALSE(client->closed());
  world.Advance(seconds(2));
  EXPECT_THAT(client->received(), StartsWith("HTTP/1.1 408 "));
  EXPECT_TRUE(client->closed());
  EXPECT_EQ(world.stats().timeouts_head.value(), 1u);
}

TEST(ConnectionTest, ClosesAConnectionThatNeverSaysAnything) {
  ProxyWorld world;
  auto client = world.Connect();
  world.Advance(seconds(11));
  EXPECT_EQ(client->received(), "");
  EXPECT_TRUE(client->closed());
}

TEST(ConnectionTest, TimesOutABodyWithoutProgress) {
  ProxyWorld world;
  world.service.AnswerWith("");
  auto client = world.Connect();
  client->Send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\n");
  for (int i = 0; i < 5; ++i) {
    world.Advance(seconds(20));
    client->Send("x");
  }
  EXPECT_EQ(client->received(), "");
  world.Advance(seconds(31));
  EXPECT_THAT(client->received(), StartsWith("HTTP/1.1 408 "));
  EXPECT_EQ(world.stats().timeouts_body.value(), 1u);
}

TEST(ConnectionTest, ClosesAnIdleConnection) {
  ProxyWorld world;
  auto client = world.Connect();
  client->Send(kGet);
  world.Advance(seconds(74));
  EXPECT_FALSE(client->closed());
  world.Advance(seconds(2));
  EXPECT_TRUE(client->closed());
}

TEST(ConnectionTest, ClosesWhenTheClientTakesNoByte) {
  ProxyWorld world;
  world.service.AnswerWith("HTTP/1.1 200 OK\r\ncontent-length: 200000\r\n\r\n" + std::string(200000, 'x'));
  auto client = world.Connect();
  client->PauseReading(true);
  client->Send(kGet);
  world.Advance(seconds(31));
  EXPECT_EQ(world.connections(), 0u);
  EXPECT_EQ(world.stats().timeouts_write.value(), 1u);
}

TEST(ConnectionTest, EndsAfterTheConfiguredNumberOfRequests) {
  ProxyWorld world;
  world.http.max_requests_per_connection = 2;
  auto client = world.Connect();
  client->Send(kGet);
  EXPECT_THAT(client->Take(), testing::Not(HasSubstr("connection: close")));
  client->Send(kGet);
  EXPECT_THAT(client->Take(), HasSubstr("connection: close\r\n"));
  EXPECT_TRUE(client->closed());
}

TEST(ConnectionTest, DrainClosesIdleConnectionsAndEndsOthersAfterTheirResponse) {
  ProxyWorld world;
  world.service.AnswerWith("");
  auto idle = world.Connect();
  auto busy = world.Connect();
  busy->Send(kGet);
  world.context.draining = true;
  world.DrainAll();
  world.Settle();
  EXPECT_TRUE(idle->closed());
  EXPECT_FALSE(busy->closed());
  world.service[0].Send(kOk);
  world.Settle();
  EXPECT_THAT(busy->received(), HasSubstr("connection: close\r\n"));
  EXPECT_TRUE(busy->closed());
}

TEST(ConnectionTest, DropsTheRestOfASmallRequestAndGoesOn) {
  ProxyWorld world;
  world.routes = {RouteTo("nowhere")};
  auto client = world.Connect();
  client->Send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\n\r\n");
  EXPECT_THAT(client->Take(), StartsWith("HTTP/1.1 503 "));
  client->Send("rest");
  client->Send(kGet);
  EXPECT_THAT(client->Take(), StartsWith("HTTP/1.1 503 "));
}

TEST(ConnectionTest, CutsOffABigRequestThatNobodyReads) {
  ProxyWorld world;
  world.routes = {RouteTo("nowhere")};
  auto client = world.Connect();
  client->Send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1000000\r\n\r\n");
  for (int i = 0; i < 12; ++i) client->Send(std::string(16 * 1024, 'x'));
  EXPECT_TRUE(client->closed());
}

TEST(ConnectionTest, WaitsForTheRestOfARequestAsLongAsConfigured) {
  for (const auto& [delay, lingers] : {std::pair(seconds(2), true), {seconds(0), false}}) {
    ProxyWorld world;
    world.http.timeouts.delayed_close = delay;
    world.service.AnswerWith("");
    auto client = world.Connect();
    client->Send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\nab");
    world.Advance(seconds(31));
    EXPECT_THAT(client->received(), StartsWith("HTTP/1.1 408 "));
    EXPECT_EQ(world.connections(), lingers ? 1u : 0u) << "our end is closed, the rest may come";
    world.Advance(std::chrono::milliseconds(2020));
    EXPECT_EQ(world.connections(), 0u);
  }
}

TEST(ConnectionTest, HoldsNoBuffersWhileIdle) {
  ProxyWorld world;
  auto client = world.Connect();
  client->Send(kGet);
  client->Take();
  EXPECT_EQ(world.pool.bytes_in_use(), 0u);
}

TEST(ConnectionTest, TheNextRequestTakesTheNewConfiguration) {
  ProxyWorld world;
  auto client = world.Connect();
  client->Send(kGet);
  EXPECT_THAT(client->Take(), HasSubstr("server: sluice\r\n"));
  world.http.server_line = "server: second\r\n";
  world.Publish();
  client->Send(kGet);
  EXPECT_THAT(client->Take(), HasSubstr("server: second\r\n"));
}

}  // namespace
}  // namespace sluice::proxy
