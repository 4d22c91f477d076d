// Requests that belong together on one endpoint: the road from the route's hash policy to the pick.
#include "dataplane/proxy/request_hash.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "test/dataplane/proxy/proxy_world.h"

namespace sluice::proxy {
namespace {

using testing::HasSubstr;
using testing::Not;

route::HashRule MadeCookie() {
  route::HashRule rule;
  rule.kind = route::HashRule::Kind::kCookie;
  rule.name = "sess";
  rule.makes_cookie = true;
  rule.cookie_attributes = "; HttpOnly";
  return rule;
}

void Serve(ProxyWorld& world, balance::PolicyKind policy, route::HashRule rule) {
  world.cluster_spec.balancing.policy = policy;
  world.routes = {RouteTo("service")};
  std::get<route::Forward>(world.routes[0].action).hash_policy = route::HashPolicy({std::move(rule)});
  world.Publish();
}

TEST(RequestHashTest, TheResponseCarriesTheCookieThatWasMade) {
  ProxyWorld world;
  Serve(world, balance::PolicyKind::kRingHash, MadeCookie());
  const std::string answer = world.Ask("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
  EXPECT_THAT(answer, testing::ContainsRegex("set-cookie: sess=\"[0-9a-f]+\"; HttpOnly\r\n"));
  EXPECT_THAT(world.service[0].received(), Not(HasSubstr("cookie")));
}

TEST(RequestHashTest, NoCookieIsOwedByTheNextRequestOfTheSameExchange) {
  ProxyWorld world;
  Serve(world, balance::PolicyKind::kRingHash, MadeCookie());
  auto client = world.Connect();
  client->Send("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
  EXPECT_THAT(client->Take(), HasSubstr("set-cookie"));
  client->Send("GET / HTTP/1.1\r\nHost: a\r\nCookie: sess=\"0123456789abcdef\"\r\n\r\n");
  const std::string second = client->Take();
  EXPECT_THAT(second, HasSubstr("200 OK"));
  EXPECT_THAT(second, Not(HasSubstr("set-cookie")));
}

TEST(RequestHashTest, NothingIsHashedForAClusterThatDoesNotBalanceByHash) {
  ProxyWorld world;
  Serve(world, balance::PolicyKind::kRoundRobin, MadeCookie());
  EXPECT_THAT(world.Ask("GET / HTTP/1.1\r\nHost: a\r\n\r\n"), Not(HasSubstr("set-cookie")));
}

TEST(RequestHashTest, EqualValuesGoToOneEndpoint) {
  ProxyWorld world;
  test::FakeUpstream other(world.loop);
  world.service.AnswerWith(std::string(kOk));
  other.AnswerWith(std::string(kOk));
  route::HashRule rule;
  rule.kind = route::HashRule::Kind::kHeader;
  rule.header = route::HeaderName::Of("x-key");
  Serve(world, balance::PolicyKind::kMaglev, rule);
  upstream::EndpointSet set;
  for (const auto& address : {world.service.address(), other.address()}) {
    set.endpoints.emplace_back().address = address;
  }
  world.registry.SetEndpoints(*world.registry.FindByName("service"), set);
  size_t first_wins = 0;
  for (int key = 0; key < 16; ++key) {
    const std::string request =
        "GET / HTTP/1.1\r\nHost: a\r\nX-Key: " + std::to_string(key) + "\r\n\r\n";
    const auto bytes = [&] {
      size_t sum = 0;
      for (size_t i = 0; i < world.service.size(); ++i) sum += world.service[i].received().size();
      return sum;
    };
    const size_t before = bytes();
    world.Ask(request);
    const bool first = bytes() > before;
    first_wins += first;
    for (int i = 0; i < 3; ++i) {
      const size_t now = bytes();
      world.Ask(request);
      EXPECT_EQ(bytes() > now, first) << key;
    }
  }
  EXPECT_GT(first_wins, 2u);
  EXPECT_LT(first_wins, 14u);
}

}  // namespace
}  // namespace sluice::proxy
