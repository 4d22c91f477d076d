// One exchange from the client's bytes to the upstream's and back: the road through the phases.
#include "dataplane/proxy/exchange_driver.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "test/dataplane/proxy/proxy_world.h"

namespace sluice::proxy {
namespace {

using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

TEST(ExchangeTest, ForwardsARequestAndItsResponse) {
  ProxyWorld world;
  const std::string answer = world.Ask("GET /a/../b?q=1 HTTP/1.1\r\nHost: Shop.example\r\nAccept: x\r\n\r\n");
  EXPECT_THAT(answer, StartsWith("HTTP/1.1 200 OK\r\n"));
  EXPECT_THAT(answer, testing::EndsWith("\r\n\r\nok"));
  EXPECT_THAT(answer, HasSubstr("server: sluice\r\n"));
  const std::string& seen = world.service[0].received();
  EXPECT_THAT(seen, StartsWith("GET /b?q=1 HTTP/1.1\r\n"));
  EXPECT_THAT(seen, HasSubstr("x-forwarded-for: 192.0.2.7\r\n"));
  EXPECT_THAT(seen, HasSubstr("via: 1.1 sluice\r\n"));
  EXPECT_THAT(seen, HasSubstr("x-request-id: "));
}

TEST(ExchangeTest, ServesKeepAliveRequestsOneAfterTheOther) {
  ProxyWorld world;
  auto client = world.Connect();
  for (int i = 0; i < 3; ++i) {
    client->Send("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
    EXPECT_THAT(client->Take(), StartsWith("HTTP/1.1 200 OK"));
  }
  EXPECT_EQ(world.service.size(), 1u);
  EXPECT_EQ(world.stats().requests_total.value(), 3u);
  EXPECT_EQ(world.stats().requests_active.value(), 0);
}

TEST(ExchangeTest, AnswersPipelinedRequestsInOrder) {
  ProxyWorld world;
  auto client = world.Connect();
  std::string burst;
  for (int i = 0; i < 40; ++i) burst += "GET / HTTP/1.1\r\nHost: a\r\n\r\n";
  client->Send(burst);
  const std::string all = client->Take();
  size_t answers = 0;
  for (size_t at = all.find("200 OK"); at != std::string::npos; at = all.find("200 OK", at + 1)) ++answers;
  EXPECT_EQ(answers, 40u);
}

TEST(ExchangeTest, StreamsABodyInBothDirections) {
  ProxyWorld world;
  world.service.AnswerWith("HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n4\r\npong\r\n0\r\nX-T: 1\r\n\r\n");
  const std::string answer =
      world.Ask("POST /up HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nping\r\n0\r\n\r\n");
  EXPECT_THAT(world.service[0].received(), HasSubstr("\r\n\r\n4\r\nping\r\n0\r\n\r\n"));
  EXPECT_THAT(answer, HasSubstr("4\r\npong\r\n0\r\nX-T: 1\r\n\r\n"));
}

TEST(ExchangeTest, SaysContinueOnceTheRequestIsForwarded) {
  ProxyWorld world;
  auto client = world.Connect();
  client->Send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\nExpect: 100-continue\r\n\r\n");
  EXPECT_THAT(client->Take(), StartsWith("HTTP/1.1 100 Continue\r\n\r\n"));
  client->Send("hi");
  EXPECT_THAT(world.service[0].received(), Not(HasSubstr("xpect")));
}

TEST(ExchangeTest, EndsAnExchangeThatIsOlderThanItMayBe) {
  ProxyWorld world;
  world.http.timeouts.max_stream = std::chrono::seconds(2);
  world.service.AnswerWith("");
  auto client = world.Connect();
  client->Send("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
  world.Advance(std::chrono::milliseconds(1990));
  EXPECT_EQ(client->received(), "");
  world.Advance(std::chrono::milliseconds(30));
  EXPECT_THAT(client->Take(), StartsWith("HTTP/1.1 408 Request Timeout\r\n"));
  EXPECT_EQ(world.stats().timeouts_stream.value(), 1u);
  EXPECT_FALSE(client->closed()) << "the request was complete";
  world.service.AnswerWith("HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\nabc");
  client->Send("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
  world.Advance(std::chrono::milliseconds(2020));
  EXPECT_TRUE(client->closed()) << "a begun answer is cut";
}

TEST(ExchangeTest, ARouteMaySetItsOwnLongestDuration) {
  ProxyWorld world;
  world.http.timeouts.max_stream = std::chrono::seconds(2);
  world.routes.push_back(RouteTo("service"));
  std::get<route::Forward>(world.routes[0].action).max_stream = base::Duration(0);
  world.service.AnswerWith("");
  auto client = world.Connect();
  client->Send("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
  world.Advance(std::chrono::seconds(4));
  EXPECT_EQ(client->received(), "");
}

TEST(ExchangeTest, AnswersNoRouteWith404) {
  ProxyWorld world;
  world.routes.push_back(RouteTo("service"));
  world.routes[0].path.text = "/only";
  const std::string answer = world.Ask("GET /other HTTP/1.1\r\nHost: a\r\n\r\n");
  EXPECT_THAT(answer, StartsWith("HTTP/1.1 404 Not Found\r\n"));
  EXPECT_EQ(world.service.size(), 0u);
}

TEST(ExchangeTest, AnswersAMissingClusterWithTheRoutesStatus) {
  ProxyWorld world;
  world.routes.push_back(RouteTo("nowhere"));
  EXPECT_THAT(world.Ask("GET / HTTP/1.1\r\nHost: a\r\n\r\n"), StartsWith("HTTP/1.1 503 "));
}

TEST(ExchangeTest, RedirectsAndRespondsByItself) {
  ProxyWorld world;
  route::Route redirect = RouteTo("");
  redirect.path.text = "/old";
  route::Redirect to;
  to.status = 308;
  to.scheme = "https";
  to.path = "/new";
  redirect.action = to;
  route::Route direct = RouteTo("");
  direct.path.text = "/hello";
  direct.action = route::DirectResponse{.status = 418, .body = "teapot"};
  world.routes = {redirect, direct};
  EXPECT_THAT(world.Ask("GET /old?x=1 HTTP/1.1\r\nHost: a\r\n\r\n"), HasSubstr("location: https://a/new?x=1\r\n"));
  const std::string answer = world.Ask("GET /hello HTTP/1.1\r\nHost: a\r\n\r\n");
  EXPECT_THAT(answer, StartsWith("HTTP/1.1 418 "));
  EXPECT_THAT(answer, testing::EndsWith("\r\n\r\nteapot"));
}

TEST(ExchangeTest, TimesOutByTheRouteOnceTheRequestIsComplete) {
  ProxyWorld world;
  world.service.AnswerWith("");
  auto client = world.Connect();
  client->Send("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
  world.Advance(std::chrono::seconds(14));
  EXPECT_EQ(client->received(), "");
  world.Advance(std::chrono::seconds(2));
  EXPECT_THAT(client->Take(), StartsWith("HTTP/1.1 504 "));
  EXPECT_EQ(world.stats().timeouts_route.value(), 1u);
  EXPECT_TRUE(world.service[0].peer_ended());
}

TEST(ExchangeTest, CutsAResponseThatItsUpstreamCuts) {
  ProxyWorld world;
  world.service.AnswerWith("HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\nhalf");
  auto client = world.Connect();
  client->Send("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
  EXPECT_THAT(client->received(), testing::EndsWith("half"));
  EXPECT_FALSE(client->closed());
  world.service[0].End();
  world.Settle();
  EXPECT_TRUE(client->closed());
  EXPECT_EQ(world.stats().responses_truncated.value(), 1u);
}

TEST(ExchangeTest, NeverEndsAChunkedResponseThatWasCut) {
  ProxyWorld world;
  world.service.AnswerWith("HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n4\r\nhalf\r\n");
  auto client = world.Connect();
  client->Send("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
  world.service[0].Reset();
  world.Settle();
  EXPECT_TRUE(client->closed());
  EXPECT_THAT(client->received(), Not(HasSubstr("0\r\n\r\n")));
}

TEST(ExchangeTest, AnswersForAnUpstreamThatResetsBeforeItsHead) {
  ProxyWorld world;
  world.service.AnswerWith("");
  auto client = world.Connect();
  client->Send("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
  world.service[0].Reset();
  world.Settle();
  EXPECT_THAT(client->Take(), StartsWith("HTTP/1.1 502 "));
  EXPECT_FALSE(client->closed());
}

TEST(ExchangeTest, EndsTheUpstreamCallWhenTheClientGoes) {
  ProxyWorld world;
  world.service.AnswerWith("");
  auto client = world.Connect();
  client->Send("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
  client->Reset();
  world.Settle();
  EXPECT_TRUE(world.service[0].peer_ended());
  EXPECT_EQ(world.stats().requests_reset.value(), 1u);
  EXPECT_EQ(world.connections(), 0u);
}

TEST(ExchangeTest, AnswersAHalfClosedClient) {
  ProxyWorld world;
  auto client = world.Connect();
  client->Send("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
  client->End();
  world.Settle();
  EXPECT_THAT(client->Take(), StartsWith("HTTP/1.1 200 OK"));
  EXPECT_TRUE(client->closed());
}

TEST(ExchangeTest, PausesTheUpstreamWhileTheClientDoesNotRead) {
  ProxyWorld world;
  world.buffer_limit = 16 * 1024;
  world.service.AnswerWith("");
  auto client = world.Connect();
  client->PauseReading(true);
  client->Send("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
  const std::string part(16 * 1024, 'x');
  world.service[0].Send("HTTP/1.1 200 OK\r\ncontent-length: 104857600\r\n\r\n");
  size_t sent = 0;
  for (int i = 0; i < 2000; ++i) {
    const size_t taken = world.service[0].Send(part);
    world.Settle();
    sent += taken;
    if (taken < part.size()) break;
  }
  // What is on its way lies in the sockets and in the client's stream, not with us.
  EXPECT_LT(world.pool.bytes_in_use(), 512u * 1024);
  client->PauseReading(false);
  world.Settle();
  EXPECT_GT(client->received().size(), sent / 2);
}

TEST(ExchangeTest, PausesTheClientWhileTheUpstreamDoesNotRead) {
  ProxyWorld world;
  world.service.AnswerWith("");
  auto client = world.Connect();
  client->Send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 104857600\r\n\r\n");
  world.service[0].PauseReading(true);
  const std::string part(32 * 1024, 'x');
  for (int i = 0; i < 600; ++i) client->Send(part);
  EXPECT_LT(world.pool.bytes_in_use(), 1024u * 1024);
}

// ---- Filters ----

class BufferingFilter final : public filter::Filter {
 public:
  explicit BufferingFilter(size_t limit) : limit_(limit) {}
  filter::Traits traits() const override {
    filter::Traits t;
    t.request_body = filter::BodyInterest::kBuffer;
    t.buffer_limit = limit_;
    return t;
  }
  std::string_view name() const override { return "buffering"; }
  filter::Verdict OnRequestBody(filter::Exchange& exchange, void*, buffer::Buffer& data,
                                http::EndStream) const override {
    exchange.request.Append("x-body-size", std::to_string(data.size()));
    return filter::Verdict::Continue();
  }

 private:
  size_t limit_;
};

class HoldingFilter final : public filter::Filter {
 public:
  filter::Traits traits() const override {
    filter::Traits t;
    t.request_head = true;
    t.done = true;
    return t;
  }
  std::string_view name() const override { return "holding"; }
  filter::Verdict OnRequestHead(filter::Exchange& exchange, void*, http::EndStream) const override {
    held = &exchange;
    return filter::Verdict::Hold();
  }
  void OnDone(filter::Exchange&, void*) const override { ++done; }
  mutable filter::Exchange* held = nullptr;
  mutable int done = 0;
};

TEST(FilterTest, ABufferingFilterSeesTheWholeBodyBeforeTheUpstreamDoes) {
  ProxyWorld world;
  world.filters = {std::make_shared<BufferingFilter>(100)};
  auto client = world.Connect();
  client->Send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 6\r\n\r\nabc");
  EXPECT_EQ(world.service.size(), 0u);
  client->Send("def");
  EXPECT_THAT(client->Take(), StartsWith("HTTP/1.1 200 OK"));
  EXPECT_THAT(world.service[0].received(), HasSubstr("x-body-size: 6\r\n"));
  EXPECT_THAT(world.service[0].received(), testing::EndsWith("\r\n\r\nabcdef"));
}

TEST(FilterTest, ABodyOverTheFiltersLimitIs413) {
  ProxyWorld world;
  world.filters = {std::make_shared<BufferingFilter>(4)};
  auto client = world.Connect();
  client->Send("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n6\r\nabcdef\r\n");
  EXPECT_THAT(client->Take(), StartsWith("HTTP/1.1 413 "));
  EXPECT_EQ(world.service.size(), 0u);
}

TEST(FilterTest, AHeldRequestGoesOnWhenResumed) {
  ProxyWorld world;
  auto filter = std::make_shared<HoldingFilter>();
  world.filters = {filter};
  auto client = world.Connect();
  client->Send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nabc");
  EXPECT_EQ(world.service.size(), 0u);
  filter->held->Resume();
  world.Settle();
  EXPECT_THAT(client->Take(), StartsWith("HTTP/1.1 200 OK"));
  EXPECT_THAT(world.service[0].received(), testing::EndsWith("\r\n\r\nabc"));
  EXPECT_EQ(filter->done, 1);
}

TEST(FilterTest, AClientThatLeavesAHeldRequestEndsItOnce) {
  ProxyWorld world;
  auto filter = std::make_shared<HoldingFilter>();
  world.filters = {filter};
  auto client = world.Connect();
  client->Send("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
  client->Reset();
  world.Settle();
  EXPECT_EQ(filter->done, 1);
  EXPECT_EQ(world.service.size(), 0u);
}

}  // namespace
}  // namespace sluice::proxy
