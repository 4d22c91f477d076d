// Further attempts, from the client's bytes to the upstream's and back.
#include "dataplane/proxy/exchange_driver.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "dataplane/upstream/endpoint.h"
#include "test/dataplane/proxy/proxy_world.h"

namespace sluice::proxy {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using testing::EndsWith;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

constexpr std::string_view k503 = "HTTP/1.1 503 Busy\r\ncontent-length: 4\r\n\r\nbusy";
constexpr std::string_view kGet = "GET /a HTTP/1.1\r\nHost: a\r\n\r\n";
constexpr std::string_view kPost = "POST /a HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\n\r\nping";

struct RetryWorld : ProxyWorld {
  explicit RetryWorld(uint32_t on) { policy.on = on; }
  // The route with the policy as it is now.
  void Begin() {
    route::Route route = RouteTo("service");
    auto& forward = std::get<route::Forward>(route.action);
    forward.retry = std::make_shared<const route::RetryPolicy>(policy);
    forward.replay_limit = replay_limit;
    forward.attempt_count_to_client = forward.attempt_count_to_upstream = count_attempts;
    routes = {route};
    Publish();
    client = Connect();
  }
  upstream::PoolStats& pool_stats() {
    return worker_upstream->Find(registry.FindByName("service")->id())->stats();
  }
  uint32_t retries_in_use() { return registry.FindByName("service")->breaker().retries.count(); }

  route::RetryPolicy policy;
  uint32_t replay_limit = route::kDefaultReplayLimit;
  bool count_attempts = false;
  std::unique_ptr<Client> client;
};

TEST(ExchangeRetryTest, AnswersWithTheSecondAttemptAfterA503) {
  RetryWorld world(route::kRetry5xx);
  world.count_attempts = true;
  world.Begin();
  world.service.AnswerWith(std::string(k503));
  world.client->Send(kGet);
  EXPECT_EQ(world.client->received(), "");
  EXPECT_EQ(world.retries_in_use(), 1u);
  world.service.AnswerWith(std::string(kOk));
  world.Advance(milliseconds(40));
  const std::string answer = world.client->Take();
  EXPECT_THAT(answer, StartsWith("HTTP/1.1 200 OK\r\n"));
  EXPECT_THAT(answer, EndsWith("\r\n\r\nok"));
  EXPECT_THAT(answer, HasSubstr("x-envoy-attempt-count: 2\r\n"));
  EXPECT_THAT(answer, Not(HasSubstr("x-sluice-retried")));
  EXPECT_EQ(world.pool_stats().rq_retry.value(), 1u);
  EXPECT_EQ(world.pool_stats().rq_retry_success.value(), 1u);
  EXPECT_EQ(world.retries_in_use(), 0u);
  // The unwanted answer was read to its end, so its connection served the second attempt.
  ASSERT_EQ(world.service.size(), 1u);
  EXPECT_THAT(world.service[0].received(), HasSubstr("x-envoy-attempt-count: 2\r\n"));
}

TEST(ExchangeRetryTest, PassesTheLastFailureOnMarkedWhenRetriesAreUsedUp) {
  RetryWorld world(route::kRetry5xx);
  world.policy.num_retries = 2;
  world.Begin();
  world.service.AnswerWith(std::string(k503));
  world.client->Send(kGet);
  for (int i = 0; i < 10; ++i) world.Advance(milliseconds(40));
  EXPECT_EQ(world.service.requests(), 3u);
  const std::string answer = world.client->Take();
  EXPECT_THAT(answer, StartsWith("HTTP/1.1 503 Busy\r\n"));
  EXPECT_THAT(answer, HasSubstr("x-sluice-retried: 1\r\n"));
  EXPECT_THAT(answer, EndsWith("busy"));
  EXPECT_EQ(world.pool_stats().rq_retry_limit.value(), 1u);
}

TEST(ExchangeRetryTest, DoesNotTryAgainWhatATierBehindHasTried) {
  RetryWorld world(route::kRetry5xx);
  world.Begin();
  world.service.AnswerWith("HTTP/1.1 503 Busy\r\nX-Sluice-Retried: 1\r\ncontent-length: 0\r\n\r\n");
  world.client->Send(kGet);
  EXPECT_THAT(world.client->Take(), StartsWith("HTTP/1.1 503"));
  EXPECT_EQ(world.service.requests(), 1u);
}

TEST(ExchangeRetryTest, RepeatsTheBodyAsItWas) {
  RetryWorld world(route::kRetry5xx);
  world.Begin();
  world.service.AnswerWith(std::string(k503));
  world.client->Send("PUT /a HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nping\r\n");
  world.client->Send("2\r\nab\r\n0\r\nX-T: 1\r\n\r\n");
  world.service.AnswerWith(std::string(kOk));
  world.Advance(milliseconds(40));
  EXPECT_THAT(world.client->Take(), StartsWith("HTTP/1.1 200 OK"));
  EXPECT_THAT(world.service[world.service.size() - 1].received(),
              HasSubstr("pingab\r\n0\r\nX-T: 1\r\n\r\n"));
}

TEST(ExchangeRetryTest, DoesNotRepeatABodyOverTheLimit) {
  RetryWorld world(route::kRetry5xx);
  world.replay_limit = 5;
  world.Begin();
  world.service.AnswerWith(std::string(k503));
  world.client->Send("PUT /a HTTP/1.1\r\nHost: a\r\nContent-Length: 6\r\n\r\n123456");
  world.Advance(milliseconds(40));
  EXPECT_THAT(world.client->Take(), StartsWith("HTTP/1.1 503"));
  EXPECT_EQ(world.service.requests(), 1u);
  EXPECT_EQ(world.pool_stats().rq_retry_body.value(), 1u);
}

TEST(ExchangeRetryTest, NeverRepeatsAPostThatMayHaveBeenProcessed) {
  RetryWorld world(route::kRetry5xx | route::kRetryReset);
  world.Begin();
  world.service.AnswerWith(std::string(k503));
  world.client->Send(kPost);
  world.Advance(milliseconds(40));
  EXPECT_THAT(world.client->Take(), StartsWith("HTTP/1.1 503"));
  world.service.AnswerWith("");
  world.client->Send(kPost);
  world.service[0].Reset();
  world.Settle();
  EXPECT_THAT(world.client->Take(), StartsWith("HTTP/1.1 502"));
  EXPECT_EQ(world.service.requests(), 2u);
  EXPECT_EQ(world.pool_stats().rq_retry_unsafe.value(), 2u);
}

TEST(ExchangeRetryTest, RepeatsAPostOnARouteThatNamesTheMethod) {
  RetryWorld world(route::kRetry5xx);
  route::HeaderPredicate post;
  post.name = route::HeaderName::Of(":method");
  post.kind = route::HeaderPredicate::Kind::kString;
  post.string.kind = route::StringMatcher::Kind::kExact;
  post.string.text = "POST";
  world.policy.request_headers = {post};
  world.Begin();
  world.service.AnswerWith(std::string(k503));
  world.client->Send(kPost);
  world.service.AnswerWith(std::string(kOk));
  world.Advance(milliseconds(40));
  EXPECT_THAT(world.client->Take(), StartsWith("HTTP/1.1 200"));
  EXPECT_EQ(world.service.requests(), 2u);
  // And a GET is not what the route named.
  world.service.AnswerWith(std::string(k503));
  world.client->Send(kGet);
  EXPECT_THAT(world.client->Take(), StartsWith("HTTP/1.1 503"));
}

TEST(ExchangeRetryTest, RepeatsAPostThatNeverLeft) {
  RetryWorld world(route::kRetryConnectFailure);
  world.policy.avoid_previous_hosts = true;
  world.more_endpoints = {test::RefusingAddress()};
  world.Begin();
  for (int i = 0; i < 2; ++i) {
    world.client->Send(kPost);
    world.Advance(milliseconds(40));
    EXPECT_THAT(world.client->Take(), StartsWith("HTTP/1.1 200"));
  }
  EXPECT_EQ(world.pool_stats().rq_retry.value(), 1u);
  EXPECT_EQ(world.service.requests(), 2u);
}

TEST(ExchangeRetryTest, KeepsTheRouteTimeoutOverAllAttempts) {
  RetryWorld world(route::kRetry5xx);
  world.policy.num_retries = 50;
  world.policy.back_off_base = world.policy.back_off_max = seconds(4);
  world.cluster_spec.breaker.max_retries = 100;
  world.Begin();
  world.service.AnswerWith(std::string(k503));
  world.client->Send(kGet);
  for (int i = 0; i < 140; ++i) world.Advance(milliseconds(100));
  EXPECT_EQ(world.client->received(), "");
  for (int i = 0; i < 20; ++i) world.Advance(milliseconds(100));
  const std::string answer = world.client->Take();
  EXPECT_THAT(answer, StartsWith("HTTP/1.1 504"));
  EXPECT_THAT(answer, HasSubstr("x-sluice-retried: 1\r\n"));
  EXPECT_EQ(world.retries_in_use(), 0u);
}

TEST(ExchangeRetryTest, GivesUpAnAttemptThatTakesTooLongAndStartsAnother) {
  RetryWorld world(route::kRetryReset);
  world.policy.per_try_timeout = milliseconds(200);
  world.Begin();
  world.service.AnswerWith("");
  world.client->Send(kGet);
  world.Advance(milliseconds(190));
  EXPECT_EQ(world.pool_stats().rq_per_try_timeout.value(), 0u);
  world.service.AnswerWith(std::string(kOk));
  world.Advance(milliseconds(20));
  EXPECT_EQ(world.pool_stats().rq_per_try_timeout.value(), 1u);
  world.Advance(milliseconds(40));
  EXPECT_THAT(world.client->Take(), StartsWith("HTTP/1.1 200"));
  EXPECT_TRUE(world.service[0].peer_ended());
}

TEST(ExchangeRetryTest, AnswersAPerTryTimeoutWithoutRetriesWith504) {
  RetryWorld world(0);
  world.policy.per_try_timeout = milliseconds(200);
  world.Begin();
  world.service.AnswerWith("");
  world.client->Send(kGet);
  world.Advance(milliseconds(220));
  EXPECT_THAT(world.client->Take(), StartsWith("HTTP/1.1 504"));
}

TEST(ExchangeRetryTest, CutsAResponseThatFallsSilentWithinATry) {
  RetryWorld world(route::kRetryReset);
  world.policy.per_try_idle_timeout = milliseconds(200);
  world.Begin();
  world.service.AnswerWith("HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\nabc");
  world.client->Send(kGet);
  world.Advance(milliseconds(150));
  world.service[0].Send("d");
  world.Settle();
  world.Advance(milliseconds(150));
  EXPECT_FALSE(world.client->closed());
  world.Advance(milliseconds(70));
  EXPECT_TRUE(world.client->closed());
  EXPECT_THAT(world.client->received(), EndsWith("abcd"));
  EXPECT_EQ(world.service.requests(), 1u);
}

TEST(ExchangeRetryTest, WaitsAsLongAsTheServiceAsks) {
  RetryWorld world(route::kRetry5xx);
  route::ResetField reset;
  reset.field.name = "retry-after";
  world.policy.reset_fields = {reset};
  world.Begin();
  world.service.AnswerWith("HTTP/1.1 503 x\r\nRetry-After: 2\r\ncontent-length: 0\r\n\r\n");
  world.client->Send(kGet);
  world.service.AnswerWith(std::string(kOk));
  world.Advance(milliseconds(1990));
  EXPECT_EQ(world.service.requests(), 1u);
  world.Advance(milliseconds(1020));
  EXPECT_THAT(world.client->Take(), StartsWith("HTTP/1.1 200"));
  EXPECT_EQ(world.pool_stats().rq_retry_ratelimited.value(), 1u);
}

TEST(ExchangeRetryTest, StopsWhenTheRateBudgetIsSpent) {
  RetryWorld world(route::kRetry5xx);
  world.cluster_spec.retry_rate = {.permille = 200, .reserve = 3, .most_saved = 100};
  world.Begin();
  world.service.AnswerWith(std::string(k503));
  for (int i = 0; i < 100; ++i) {
    world.client->Send(kGet);
    world.Advance(milliseconds(40));
    EXPECT_THAT(world.client->Take(), HasSubstr("x-sluice-retried: 1\r\n"));
  }
  EXPECT_EQ(world.service.requests(), 100u + 3u + 20u);
  EXPECT_EQ(world.pool_stats().rq_retry_budget.value(), 77u);
}

TEST(ExchangeRetryTest, StopsAtTheLimitOfRetriesAtOnce) {
  RetryWorld world(route::kRetry5xx);
  world.cluster_spec.breaker.max_retries = 1;
  world.Begin();
  world.service.AnswerWith(std::string(k503));
  auto second = world.Connect();
  world.client->Send(kGet);
  second->Send(kGet);
  EXPECT_THAT(second->Take(), StartsWith("HTTP/1.1 503"));
  EXPECT_EQ(world.client->received(), "");
  EXPECT_EQ(world.pool_stats().rq_retry_overflow.value(), 1u);
  world.service.AnswerWith(std::string(kOk));
  world.Advance(milliseconds(40));
  EXPECT_THAT(world.client->Take(), StartsWith("HTTP/1.1 200"));
}

TEST(ExchangeRetryTest, ForgetsARetryWhoseClientIsGone) {
  RetryWorld world(route::kRetry5xx);
  world.Begin();
  world.service.AnswerWith(std::string(k503));
  world.client->Send(kGet);
  world.client->Reset();
  world.Settle();
  world.Advance(seconds(1));
  EXPECT_EQ(world.service.requests(), 1u);
  EXPECT_EQ(world.retries_in_use(), 0u);
  EXPECT_EQ(world.stats().requests_active.value(), 0);
}

// The peer closed an idle connection while the request was on its way.
TEST(ExchangeRetryTest, RepairsTheStaleKeepAliveRaceOnceWithoutAnyPolicy) {
  ProxyWorld world;
  auto client = world.Connect();
  client->Send(kGet);
  EXPECT_THAT(client->Take(), StartsWith("HTTP/1.1 200"));
  world.service.AnswerWith("");
  client->Send(kGet);
  world.service[0].Close();
  world.Settle();
  ASSERT_EQ(world.service.size(), 2u);
  // The second connection is new: its loss is no stale one.
  world.service[1].Close();
  world.Settle();
  EXPECT_THAT(client->Take(), StartsWith("HTTP/1.1 502"));
  EXPECT_EQ(world.service.size(), 2u);
}

TEST(ExchangeRetryTest, DoesNotRepairTheStaleRaceOfAPostOrOfABegunAnswer) {
  ProxyWorld world;
  auto client = world.Connect();
  client->Send(kGet);
  client->Take();
  world.service.AnswerWith("");
  client->Send(kPost);
  world.service[0].Close();
  world.Settle();
  EXPECT_THAT(client->Take(), StartsWith("HTTP/1.1 502"));
  EXPECT_EQ(world.service.size(), 1u);

  world.service.AnswerWith(std::string(kOk));
  client->Send(kGet);
  client->Take();
  world.service.AnswerWith("HTTP/1.1 200");
  client->Send(kGet);
  world.service[1].Close();
  world.Settle();
  EXPECT_THAT(client->Take(), StartsWith("HTTP/1.1 502"));
  EXPECT_EQ(world.service.size(), 2u);
}

}  // namespace
}  // namespace sluice::proxy
