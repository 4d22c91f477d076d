#include "dataplane/route/path_index.h"

#include <gtest/gtest.h>

#include "fmt/format.h"
#include "test/dataplane/route/request.h"
#include "test/dataplane/route/rules.h"

namespace sluice::route {
namespace {

std::string Find(const std::vector<Route>& routes, const Request& request) {
  return NameOf(PathIndex(routes).Find(request.head.path, request.head, 0));
}

TEST(PathIndex, TheFirstRuleInOrderWinsWhateverItsLength) {
  const std::vector<Route> routes =
      RoutesOf(Exact("exact", "/a/b"), Prefix("long", "/a/b/c"), Prefix("short", "/a"),
               Matching("regex", "/a/.*"), Prefix("all", "/"));
  EXPECT_EQ(Find(routes, Request("/a/b")), "exact");
  EXPECT_EQ(Find(routes, Request("/a/b/c/d")), "long");
  EXPECT_EQ(Find(routes, Request("/a/x")), "short") << "before the regex";
  EXPECT_EQ(Find(routes, Request("/x")), "all");
  EXPECT_EQ(Find(RoutesOf(Prefix("all", "/"), Exact("exact", "/a")), Request("/a")), "all");
}

// Case 76.
TEST(PathIndex, ASeparatedPrefixEndsAtASegment) {
  const std::vector<Route> routes = RoutesOf(Separated("api", "/api"), Prefix("rest", "/"));
  EXPECT_EQ(Find(routes, Request("/api")), "api");
  EXPECT_EQ(Find(routes, Request("/api/x")), "api");
  EXPECT_EQ(Find(routes, Request("/apix")), "rest");
  EXPECT_EQ(Find(routes, Request("/api.x")), "rest");
}

TEST(PathIndex, RulesWithoutCaseKeepTheirOrderAmongTheOthers) {
  std::vector<Route> routes =
      RoutesOf(Prefix("exact-case", "/A"), Prefix("any-case", "/a"), Prefix("later", "/"));
  routes[1].path.case_sensitive = false;
  EXPECT_EQ(Find(routes, Request("/Ab")), "exact-case");
  EXPECT_EQ(Find(routes, Request("/ab")), "any-case");
  std::swap(routes[0], routes[1]);
  EXPECT_EQ(Find(routes, Request("/Ab")), "any-case");
}

TEST(PathIndex, ARuleWhosePredicatesFailLeavesThePathToTheNext) {
  std::vector<Route> routes =
      RoutesOf(Prefix("post", "/a"), Prefix("other", "/a"), Prefix("longer", "/a/b"));
  routes[0].predicates.headers.push_back(FieldIs(":method", "POST"));
  EXPECT_EQ(Find(routes, Request("/a/b")), "other");
  Request post("/a/b");
  EXPECT_EQ(Find(routes, post.Method("POST")), "post");
}

TEST(PathIndex, GroupsKeepTheOrder) {
  std::vector<Route> routes;
  for (int i = 0; i < 40; ++i) {
    Route route = Prefix(fmt::format("t{}", i), "/");
    route.predicates.headers.push_back(FieldIs("x-tenant", std::to_string(i % 20)));
    routes.push_back(std::move(route));
    routes.push_back(Matching(fmt::format("r{}", i), fmt::format("/{}|.*/{}", i, i)));
  }
  routes.push_back(Prefix("last", "/"));
  Request tenant("/x/33");
  tenant.With("x-tenant", "7");
  EXPECT_EQ(Find(routes, tenant), "t7");
  Request both("/x/3");
  both.With("x-tenant", "7");
  EXPECT_EQ(Find(routes, both), "r3");
  EXPECT_EQ(Find(routes, Request("/x")), "last");
}

TEST(PathIndex, NoRulesNoRoute) { EXPECT_EQ(Find({}, Request("/")), ""); }

}  // namespace
}  // namespace sluice::route
