#include "dataplane/config/compile_routes.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "test/dataplane/config/route_text.h"
#include "test/dataplane/route/request.h"

namespace sluice::config {
namespace {

using route::Request;
using testing::ElementsAre;

constexpr char kOk[] = "direct_response { status: 200 }";

std::string Name(const route::Table& table, Request& request) {
  const route::Match match = table.Find(request.head, 0);
  return match.route == nullptr ? "" : match.route->name;
}

TEST(CompileRoutes, TakesHostsRoutesAndOptions) {
  auto table = MustCompile(R"(
    name: 'main' ignore_port_in_host_matching: true validate_clusters { value: true }
    virtual_hosts {
      name: 'shop' domains: 'Shop.Example.com' domains: '*.shop.example.com'
      routes { name: 'cart' match { prefix: '/cart' } route { cluster: 'cart' } }
      routes { name: 'rest' match { prefix: '/' } route { cluster: 'web' } }
    }
    virtual_hosts { name: 'other' domains: '*' require_tls: ALL })");
  ASSERT_NE(table, nullptr);
  EXPECT_EQ(table->options().name, "main");
  EXPECT_TRUE(table->options().validate_clusters);
  Request cart("/cart/1", "shop.example.com:8080");
  EXPECT_EQ(Name(*table, cart), "cart");
  Request web("/", "a.shop.example.com");
  EXPECT_EQ(Name(*table, web), "rest");
  Request plain("/", "elsewhere");
  EXPECT_EQ(Name(*table, plain), "require_tls");
}

TEST(CompileRoutes, ReportsEveryErrorWithItsFieldPath) {
  EXPECT_THAT(
      ErrorsOf(R"(
    virtual_hosts { name: 'a' domains: 'x'
      routes { match { safe_regex { regex: '(' } } direct_response { status: 99 } } }
    virtual_hosts { name: 'b' domains: '' routes { match { prefix: '/' } } })"),
      ElementsAre(
          "virtual_hosts[0].routes[0].match.safe_regex.regex: bad regex '(': missing ): (",
          "virtual_hosts[0].routes[0].direct_response.status: must be between 200 and 599",
          "virtual_hosts[1].domains[0]: must not be empty",
          "virtual_hosts[1].routes[0]: one of route, redirect, direct_response is required"));
}

TEST(CompileRoutes, PutsTheCallersPathInFront) {
  ErrorList errors;
  const auto config =
      FromText<envoy::config::route::v3::RouteConfiguration>("virtual_hosts { name: 'a' }");
  EXPECT_EQ(CompileRoutes(config, "http.route_config", errors), nullptr);
  EXPECT_THAT(Lines(errors),
              ElementsAre("http.route_config.virtual_hosts[0].domains: must not be empty"));
}

TEST(CompileRoutes, ErrorsOfOthersDoNotTouchIt) {
  ErrorList errors;
  errors.Add("elsewhere", "wrong");
  const auto config = FromText<envoy::config::route::v3::RouteConfiguration>(
      OneHost("routes { match { prefix: '/' } direct_response { status: 200 } }"));
  EXPECT_NE(CompileRoutes(config, "", errors), nullptr);
  EXPECT_EQ(errors.size(), 1u);
}

TEST(CompileRoutes, ClustersOfStaticRoutesMustExistUnlessSaidOtherwise) {
  ErrorList errors;
  auto validates = [&](const char* text, RouteSource source) {
    const auto config = FromText<envoy::config::route::v3::RouteConfiguration>(text);
    return CompileRoutes(config, "", errors, source)->options().validate_clusters;
  };
  EXPECT_TRUE(validates("", RouteSource::kStatic));
  EXPECT_FALSE(validates("", RouteSource::kDiscovered));
  EXPECT_FALSE(validates("validate_clusters { value: false }", RouteSource::kStatic));
  EXPECT_TRUE(validates("validate_clusters { value: true }", RouteSource::kDiscovered));
}

TEST(CompileRoutes, RefusesDomainsThatAreTaken) {
  EXPECT_THAT(
      ErrorsOf(R"(
    virtual_hosts { name: 'a' domains: 'x.com' domains: '*' domains: 'X.com' }
    virtual_hosts { name: 'a' domains: 'X.com.' domains: '*' })"),
      ElementsAre("virtual_hosts[0].domains[2]: 'X.com' is already a domain of virtual_hosts[0]",
                  "virtual_hosts[1].domains[0]: 'X.com.' is already a domain of virtual_hosts[0]",
                  "virtual_hosts[1].domains[1]: '*' is already a domain of virtual_hosts[0]"));
}

TEST(CompileRoutes, AHostMayListItsNameWithAndWithoutTheRootsDot) {
  auto table = MustCompile("virtual_hosts { name: 'a' domains: 'x.com' domains: 'x.com.' }");
  ASSERT_NE(table, nullptr);
  EXPECT_THAT(table->hosts()[0]->domains(), ElementsAre("x.com"));
}

TEST(CompileRoutes, RefusesWildcardsInTheMiddle) {
  EXPECT_THAT(
      ErrorsOf("virtual_hosts { name: 'a' domains: 'a*b' domains: '*a*' domains: '**' }"),
      ElementsAre(
          "virtual_hosts[0].domains[0]: 'a*b': one '*' is allowed, at the start or at the end",
          "virtual_hosts[0].domains[1]: '*a*': one '*' is allowed, at the start or at the end",
          "virtual_hosts[0].domains[2]: '**': one '*' is allowed, at the start or at the end"));
}

TEST(CompileRoutes, ARouteTakesRetriesFromItsHostUnlessItHasItsOwn) {
  auto table = MustCompile(R"(virtual_hosts {
    name: 'h' domains: '*'
    retry_policy { retry_on: '5xx' num_retries { value: 7 } }
    per_request_buffer_limit_bytes { value: 9 }
    include_request_attempt_count: true
    routes { match { prefix: '/own' } per_request_buffer_limit_bytes { value: 4 }
             route { cluster: 'c' retry_policy { retry_on: 'reset' } } }
    routes { match { prefix: '/off' } route { cluster: 'c' retry_policy {} } }
    routes { match { prefix: '/' } route { cluster: 'c' } } })");
  ASSERT_NE(table, nullptr);
  const auto& routes = table->hosts()[0]->routes();
  EXPECT_EQ(routes[0].forward()->retry->on, route::kRetryReset);
  EXPECT_EQ(routes[0].forward()->replay_limit, 4u);
  EXPECT_EQ(routes[1].forward()->retry, nullptr);
  EXPECT_EQ(routes[2].forward()->retry->num_retries, 7u);
  EXPECT_EQ(routes[2].forward()->replay_limit, 9u);
  EXPECT_TRUE(routes[2].forward()->attempt_count_to_upstream);
  EXPECT_FALSE(routes[2].forward()->attempt_count_to_client);
}

// Each field of the subset whose function does not exist yet. Removing one from this list means
// that it works now and has its own test.
TEST(CompileRoutes, RefusesWhatIsNotBuiltYetByName) {
  const std::pair<const char*, const char*> kFields[] = {
      {"internal_only_headers: 'a'", "internal_only_headers"},
      {"request_mirror_policies { cluster: 'c' }", "request_mirror_policies"},
      {"typed_per_filter_config { key: 'a' value {} }", "typed_per_filter_config"},
      {"virtual_hosts { name: 'h' domains: '*' virtual_clusters { name: 'a' } }",
       "virtual_hosts[0].virtual_clusters"},
      {"virtual_hosts { name: 'h' domains: '*' hedge_policy {} }", "virtual_hosts[0].hedge_policy"},
      {"virtual_hosts { name: 'h' domains: '*' include_is_timeout_retry_header: true }",
       "virtual_hosts[0].include_is_timeout_retry_header"},
      {"virtual_hosts { name: 'h' domains: '*' typed_per_filter_config { key: 'a' value {} } }",
       "virtual_hosts[0].typed_per_filter_config"},
  };
  for (const auto& [text, path] : kFields) {
    EXPECT_THAT(ErrorsOf(text), ElementsAre(std::string(path) + ": not implemented yet")) << text;
  }
  for (const char* field :
       {"decorator { operation: 'a' }", "stat_prefix: 's'",
        "typed_per_filter_config { key: 'a' value {} }"}) {
    const std::string name(field, std::string(field).find_first_of(" :"));
    EXPECT_THAT(
        ErrorsOf(OneHost(std::string("routes { match { prefix: '/' } ") + kOk + field + "}")),
        ElementsAre("virtual_hosts[0].routes[0]." + name + ": not implemented yet"));
  }
  EXPECT_THAT(ErrorsOf(OneHost("routes { match { prefix: '/' } non_forwarding_action {} }")),
              ElementsAre("virtual_hosts[0].routes[0].non_forwarding_action: not implemented yet"));
}

TEST(CompileRoutes, NamesEachClusterOnceWithItsFirstPlace) {
  auto table = MustCompile(OneHost(R"(
    routes { match { prefix: '/a' } route { cluster: 'one' } }
    routes { match { prefix: '/b' } route { weighted_clusters { clusters { name: 'two' weight { value: 1 } }
                                                                clusters { name: 'one' weight { value: 1 } } } } })"));
  ASSERT_NE(table, nullptr);
  ASSERT_EQ(table->clusters().size(), 2u);
  EXPECT_EQ(table->clusters()[0].cluster, "one");
  EXPECT_EQ(table->clusters()[0].field_path, "virtual_hosts[0].routes[0].route.cluster");
  EXPECT_EQ(table->clusters()[1].field_path,
            "virtual_hosts[0].routes[1].route.weighted_clusters.clusters[0].name");
}

TEST(CompileRoutes, KeepsWhoMadeARoute) {
  auto table = MustCompile(OneHost(R"(
    routes { match { prefix: '/' } direct_response { status: 200 }
      metadata { filter_metadata { key: 'sluice.origin' value {
        fields { key: 'kind' value { string_value: 'Route' } }
        fields { key: 'name' value { string_value: 'shop/cart' } } } } } })"));
  ASSERT_NE(table, nullptr);
  const route::Origin& origin = table->hosts()[0]->routes()[0].origin;
  EXPECT_EQ(origin.kind, "Route");
  EXPECT_EQ(origin.name, "shop/cart");
  EXPECT_EQ(origin.field_path, "");
}

std::vector<std::string> AppliedValues(const std::string& options) {
  const std::string add = "request_headers_to_add { header { key: 'x-level' value: '";
  auto table = MustCompile(
      options + add + "all' } } virtual_hosts { name: 'h' domains: '*' " + add +
      "host' } } routes { match { prefix: '/' } route { cluster: 'c' } " + add + "route' } } } }");
  std::vector<std::string> values;
  if (table == nullptr) return values;
  for (const auto& level : table->hosts()[0]->routes()[0].mutations)
    values.push_back(level->request.add[0].value);
  return values;
}

TEST(CompileRoutes, TheWidestLevelOfHeadersComesLastUnlessTheMostSpecificShallWin) {
  EXPECT_THAT(AppliedValues(""), ElementsAre("route", "host", "all"));
  EXPECT_THAT(AppliedValues("most_specific_header_mutations_wins: true "),
              ElementsAre("all", "host", "route"));
}

TEST(CompileRoutes, BoundsDirectResponseBodies) {
  const std::string body(5000, 'x');
  const std::string route = OneHost(
      "routes { match { prefix: '/' } direct_response { status: 200 body { inline_string: '" +
      body + "' } } }");
  EXPECT_THAT(ErrorsOf(route),
              ElementsAre("virtual_hosts[0].routes[0].direct_response.body: is 5000 bytes long; "
                          "max_direct_response_body_size_bytes is 4096"));
  auto table = MustCompile("max_direct_response_body_size_bytes { value: 5000 } " + route);
  ASSERT_NE(table, nullptr);
  EXPECT_EQ(table->hosts()[0]->routes()[0].direct_response()->body, body);
}

}  // namespace
}  // namespace sluice::config
