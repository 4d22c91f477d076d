#include "dataplane/config/compile_route_match.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "test/dataplane/config/route_text.h"
#include "test/dataplane/route/request.h"

namespace sluice::config {
namespace {

using envoy::config::route::v3::RouteMatch;
using testing::ElementsAre;

route::Route Compile(const std::string& text) {
  ErrorList errors;
  route::Route route;
  CompileRouteMatch(FromText<RouteMatch>(text), "match", route, errors);
  EXPECT_THAT(Lines(errors), ElementsAre()) << text;
  return route;
}

std::vector<std::string> Errors(const std::string& text) {
  ErrorList errors;
  route::Route route;
  CompileRouteMatch(FromText<RouteMatch>(text), "match", route, errors);
  return Lines(errors);
}

TEST(CompileRouteMatch, TakesEveryPathForm) {
  EXPECT_TRUE(Compile("prefix: '/a'").path.Matches("/abc"));
  EXPECT_FALSE(Compile("path: '/a'").path.Matches("/abc"));
  EXPECT_FALSE(Compile("path_separated_prefix: '/a'").path.Matches("/abc"));
  EXPECT_TRUE(Compile("path_separated_prefix: '/a'").path.Matches("/a/b"));
  EXPECT_TRUE(Compile("safe_regex { regex: '/[a-c]+' }").path.Matches("/abc"));
  EXPECT_TRUE(Compile("prefix: '/ABc' case_sensitive { value: false }").path.Matches("/aBC/d"));
}

TEST(CompileRouteMatch, TakesEveryCondition) {
  const route::Route route = Compile(R"(
    prefix: '/' grpc {} runtime_fraction { default_value { numerator: 1 denominator: TEN_THOUSAND } }
    headers { name: 'x-team' string_match { prefix: 'Pay' ignore_case: true } }
    query_parameters { name: 'v' present_match: true })");
  route::Request request("/?v=1");
  request.With("content-type", "application/grpc+proto").With("x-team", "payments");
  EXPECT_TRUE(route.predicates.Match(request.head, 10'000));
  EXPECT_FALSE(route.predicates.Match(request.head, 10'001));
}

TEST(CompileRouteMatch, RefusesWhatCannotBeMeant) {
  EXPECT_THAT(
      Errors(""),
      ElementsAre("match: one of prefix, path, path_separated_prefix, safe_regex is required"));
  for (const char* text : {"'/a/'", "'/'", "'/a?b'"}) {
    EXPECT_THAT(Errors(std::string("path_separated_prefix: ") + text),
                ElementsAre("match.path_separated_prefix: must have at least two bytes, no '?' or "
                            "'#', and no '/' at its end"));
  }
  EXPECT_THAT(Errors("prefix: '" + std::string(20'000, 'a') + "'"),
              ElementsAre("match.prefix: is longer than 16384 bytes"));
  EXPECT_THAT(Errors("prefix: '/' runtime_fraction {}"),
              ElementsAre("match.runtime_fraction.default_value: is required"));
}

TEST(CompileRouteMatch, RefusesWhatIsNotBuiltYetByName) {
  EXPECT_THAT(Errors("connect_matcher {}"),
              ElementsAre("match.connect_matcher: not implemented yet"));
  EXPECT_THAT(Errors("prefix: '/' tls_context {}"),
              ElementsAre("match.tls_context: not implemented yet"));
  EXPECT_THAT(Errors("prefix: '/' dynamic_metadata { filter: 'f' }"),
              ElementsAre("match.dynamic_metadata: not implemented yet"));
}

}  // namespace
}  // namespace sluice::config
