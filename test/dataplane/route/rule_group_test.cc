#include "dataplane/route/rule_group.h"

#include <gtest/gtest.h>

#include <numeric>

#include "fmt/format.h"
#include "test/dataplane/route/request.h"
#include "test/dataplane/route/rules.h"

namespace sluice::route {
namespace {

constexpr uint32_t kNone = UINT32_MAX;

std::vector<uint32_t> All(const std::vector<Route>& routes) {
  std::vector<uint32_t> orders(routes.size());
  std::iota(orders.begin(), orders.end(), 0);
  return orders;
}

TEST(RegexGroup, FindsTheLowestOrderWhosePredicatesHold) {
  std::vector<Route> routes = RoutesOf(Matching("0", "/a"), Matching("1", "/b.*"),
                                       Matching("2", "/b+"), Matching("3", "/.*"));
  routes[1].predicates.headers.push_back(FieldIs("x-a", "1"));
  const RegexGroup group(routes, All(routes));
  Request request("/bb");
  EXPECT_EQ(group.Find(routes, "/bb", request.head, 0, kNone), 2u);
  EXPECT_EQ(group.Find(routes, "/bb", request.head, 0, 2), 2u) << "the best so far stays";
  request.With("x-a", "1");
  EXPECT_EQ(group.Find(routes, "/bb", request.head, 0, kNone), 1u);
  EXPECT_EQ(group.Find(routes, "nothing", request.head, 0, kNone), kNone);
}

// A set too large for its memory must cost time, never an answer.
TEST(RegexGroup, TriesEveryRuleWhenTheSetCannotBeUsed) {
  std::vector<Route> routes;
  for (int i = 0; i < 600; ++i)
    routes.push_back(Matching("", fmt::format("/.*[a-f0-9]{{300}}x{}", i)));
  routes.push_back(Matching("", "/.*"));
  const RegexGroup group(routes, All(routes));
  const std::string path = "/" + std::string(400, 'a');
  EXPECT_EQ(group.Find(routes, path, Request(path).head, 0, kNone), 600u);
}

TEST(FieldGroup, ChoosesTheFieldThatTellsMostRulesApart) {
  std::vector<Route> routes;
  for (int i = 0; i < 20; ++i) {
    Route route = Prefix("", "/");
    route.predicates.headers = {FieldIs(":method", i % 2 == 0 ? "GET" : "PUT"),
                                FieldIs("x-tenant", std::to_string(i))};
    routes.push_back(std::move(route));
  }
  EXPECT_EQ(FieldGroup::Choose(routes, All(routes))->text, "x-tenant");
  std::vector<uint32_t> few = All(routes);
  few.resize(FieldGroup::kMinRules - 1);
  EXPECT_EQ(FieldGroup::Choose(routes, few), std::nullopt);
  for (Route& route : routes) route.predicates.headers = {FieldIs("x-tenant", "same")};
  EXPECT_EQ(FieldGroup::Choose(routes, All(routes)), std::nullopt)
      << "one value tells nothing apart";
  for (Route& route : routes) route.predicates.headers[0].invert = true;
  EXPECT_EQ(FieldGroup::Choose(routes, All(routes)), std::nullopt);
}

TEST(FieldGroup, TakesWhatItHoldsAndFindsItByEachValue) {
  std::vector<Route> routes =
      RoutesOf(Prefix("", "/"), Prefix("", "/"), Prefix("", "/"), Prefix("", "/"));
  routes[0].predicates.headers = {FieldIs("x-t", "a")};
  routes[2].predicates.headers = {FieldIs("x-t", "b")};
  routes[3].predicates.headers = {FieldIs("x-t", "a")};
  std::vector<uint32_t> orders = All(routes);
  const FieldGroup group(HeaderName::Of("x-t"), routes, orders);
  EXPECT_EQ(orders, std::vector<uint32_t>{1});
  EXPECT_EQ(group.lowest(), 0u);
  Request request;
  request.With("x-t", "b").With("x-t", "a").With("x-t", "zzz");
  std::vector<uint32_t> found;
  group.Find(request.head, [&](std::span<const uint32_t> hits) {
    found.insert(found.end(), hits.begin(), hits.end());
  });
  EXPECT_EQ(found, (std::vector<uint32_t>{2, 0, 3}));
}

}  // namespace
}  // namespace sluice::route
