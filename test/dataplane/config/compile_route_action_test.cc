#include "dataplane/config/compile_route_action.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "test/dataplane/config/route_text.h"

namespace sluice::config {
namespace {

using envoy::config::route::v3::DirectResponseAction;
using envoy::config::route::v3::RedirectAction;
using envoy::config::route::v3::RouteAction;
using testing::ElementsAre;

route::Forward Forwarding(const std::string& text) {
  ErrorList errors;
  route::Forward forward = CompileForward(FromText<RouteAction>(text), "", errors);
  EXPECT_THAT(Lines(errors), ElementsAre()) << text;
  return forward;
}

std::vector<std::string> ForwardErrors(const std::string& text) {
  ErrorList errors;
  CompileForward(FromText<RouteAction>(text), "route", errors);
  return Lines(errors);
}

route::Redirect Redirecting(const std::string& text) {
  ErrorList errors;
  route::Redirect redirect = CompileRedirect(FromText<RedirectAction>(text), "", errors);
  EXPECT_THAT(Lines(errors), ElementsAre()) << text;
  return redirect;
}

TEST(CompileRouteAction, DefaultsAreEnvoys) {
  const route::Forward forward = Forwarding("cluster: 'c'");
  EXPECT_EQ(forward.cluster, "c");
  EXPECT_EQ(forward.timeout, std::chrono::seconds(15));
  EXPECT_FALSE(forward.idle_timeout.has_value());
  EXPECT_EQ(forward.cluster_not_found_status, 503);
}

TEST(CompileRouteAction, TakesTimeoutsPriorityAndStatus) {
  const route::Forward forward = Forwarding(R"(
    cluster_header: 'X-Cluster' timeout { seconds: 2 nanos: 500000000 } idle_timeout {} priority: DEFAULT
    cluster_not_found_response_code: NOT_FOUND)");
  EXPECT_EQ(forward.cluster_header.name, "x-cluster");
  EXPECT_EQ(forward.timeout, std::chrono::milliseconds(2500));
  EXPECT_EQ(forward.idle_timeout, base::Duration(0));
  EXPECT_EQ(forward.cluster_not_found_status, 404);
}

TEST(CompileRouteAction, SharesAddUpAndMustNotBeNothing) {
  const route::Forward forward = Forwarding(R"(weighted_clusters {
    clusters { name: 'a' weight { value: 1 } } clusters { cluster_header: 'x-c' weight { value: 0 } }
    clusters { name: 'b' weight { value: 99 } host_rewrite_literal: 'b.example' } header_name: 'x-share' })");
  EXPECT_EQ(forward.total_weight, 100u);
  EXPECT_EQ(forward.weighted.at(1).weight_end, 1u);
  EXPECT_EQ(forward.weighted.at(2).host_rewrite, "b.example");
  EXPECT_EQ(forward.weight_header.name, "x-share");
  EXPECT_THAT(
      ForwardErrors("weighted_clusters { clusters { name: 'a' weight {} } total_weight { value: 5 "
                    "} runtime_key_prefix: 'r' }"),
      ElementsAre("route.weighted_clusters.runtime_key_prefix: not implemented yet",
                  "route.weighted_clusters.clusters: the sum of the weights is 0; it must be "
                  "between 1 and 4294967295",
                  "route.weighted_clusters.total_weight: is 5, but the weights add up to 0"));
  EXPECT_THAT(
      ForwardErrors(
          "weighted_clusters { clusters { name: 'a' cluster_header: 'b' weight { value: 1 } } }"),
      ElementsAre(
          "route.weighted_clusters.clusters[0]: exactly one of name, cluster_header is required"));
}

TEST(CompileRouteAction, TakesEveryRewrite) {
  EXPECT_EQ(Forwarding("cluster: 'c' prefix_rewrite: '/v2'").path_rewrite.prefix, "/v2");
  EXPECT_TRUE(Forwarding("cluster: 'c' regex_rewrite { pattern { regex: 'a' } substitution: 'b' }")
                  .path_rewrite.regex);
  using Kind = route::HostRewrite::Kind;
  EXPECT_EQ(Forwarding("cluster: 'c' host_rewrite_literal: 'x'").host_rewrite.kind, Kind::kLiteral);
  EXPECT_EQ(Forwarding("cluster: 'c' auto_host_rewrite { value: false }").host_rewrite.kind,
            Kind::kNone);
  EXPECT_EQ(Forwarding("cluster: 'c' host_rewrite_header: 'x-h'").host_rewrite.kind, Kind::kHeader);
  EXPECT_EQ(Forwarding(
                "cluster: 'c' host_rewrite_path_regex { pattern { regex: 'a' } substitution: 'b' }")
                .host_rewrite.kind,
            Kind::kPathRegex);
  EXPECT_THAT(
      ForwardErrors("cluster: 'c' prefix_rewrite: '/a b' regex_rewrite { pattern { regex: 'a' } }"),
      ElementsAre("route.regex_rewrite: must not be set together with prefix_rewrite",
                  "route.prefix_rewrite: '/a b' must not hold byte 0x20"));
}

TEST(CompileRouteAction, TakesTheLongestDurationOfAStream) {
  EXPECT_EQ(Forwarding("cluster: 'c'").max_stream, std::nullopt);
  EXPECT_EQ(Forwarding("cluster: 'c' max_stream_duration { max_stream_duration { seconds: 3 } }")
                .max_stream,
            std::chrono::seconds(3));
  EXPECT_THAT(ForwardErrors("cluster: 'c' max_stream_duration { grpc_timeout_header_max {} }"),
              ElementsAre("route.max_stream_duration.grpc_timeout_header_max: not implemented yet"));
}

TEST(CompileRouteAction, RefusesWhatIsNotBuiltYetByName) {
  for (const char* field :
       {"metadata_match {}", "max_grpc_timeout {}", "hedge_policy {}", "grpc_timeout_offset {}",
        "request_mirror_policies { cluster: 'c' }", "internal_redirect_policy {}"}) {
    const std::string name(field, std::string(field).find(' '));
    EXPECT_THAT(ForwardErrors(std::string("cluster: 'c' ") + field),
                ElementsAre("route." + name + ": not implemented yet"));
  }
  EXPECT_THAT(ForwardErrors("cluster: 'c' upgrade_configs { upgrade_type: 'websocket' }"),
              ElementsAre("route.upgrade_configs[0]: upgrade to 'websocket': not implemented yet"));
  EXPECT_THAT(
      ForwardErrors(
          "cluster: 'c' upgrade_configs { upgrade_type: 'websocket' enabled { value: false } }"),
      ElementsAre());
}

TEST(CompileRouteAction, RefusesValuesThatAreNotBuiltYetByName) {
  EXPECT_THAT(ForwardErrors("cluster: 'c' priority: HIGH"),
              ElementsAre("route.priority: HIGH: not implemented yet"));
  EXPECT_THAT(ForwardErrors("cluster: 'c' auto_host_rewrite { value: true }"),
              ElementsAre("route.auto_host_rewrite: not implemented yet"));
  EXPECT_THAT(ForwardErrors("cluster: 'c' auto_host_rewrite { value: false }"), ElementsAre());
}

TEST(CompileRouteAction, RedirectsTakeEveryForm) {
  const route::Redirect plain =
      Redirecting("https_redirect: true response_code: PERMANENT_REDIRECT strip_query: true");
  EXPECT_EQ(plain.scheme, "https");
  EXPECT_EQ(plain.status, 308);
  EXPECT_TRUE(plain.strip_query);
  const route::Redirect moved = Redirecting(
      "scheme_redirect: 'HTTP' host_redirect: 'x:1' port_redirect: 8080 path_redirect: '/a?b'");
  EXPECT_EQ(moved.scheme, "http");
  EXPECT_EQ(moved.port, 8080u);
  EXPECT_TRUE(moved.path_has_query);
  EXPECT_EQ(Redirecting("prefix_rewrite: '/x'").rewrite.prefix, "/x");
  EXPECT_TRUE(Redirecting("regex_rewrite { pattern { regex: 'a' } }").rewrite.regex);
}

TEST(CompileRouteAction, RedirectsMustNotMakeBrokenLocations) {
  ErrorList errors;
  CompileRedirect(
      FromText<RedirectAction>(
          "path_redirect: 'x' host_redirect: 'a b' port_redirect: 70000 scheme_redirect: ':'"),
      "r", errors);
  EXPECT_THAT(Lines(errors), ElementsAre("r.host_redirect: 'a b' is not host[:port]",
                                         "r.scheme_redirect: is not a scheme",
                                         "r.port_redirect: must be at most 65535",
                                         "r.path_redirect: 'x' must start with '/'"));
}

TEST(CompileRouteAction, DirectResponsesHaveInlineBodies) {
  ErrorList errors;
  const route::DirectResponse response = CompileDirectResponse(
      FromText<DirectResponseAction>("status: 404 body { inline_bytes: 'gone' }"), 10, "d", errors);
  EXPECT_EQ(response.status, 404);
  EXPECT_EQ(response.body, "gone");
  EXPECT_TRUE(errors.empty());
  CompileDirectResponse(
      FromText<DirectResponseAction>("status: 200 body { filename: '/etc/passwd' }"), 10, "d",
      errors);
  EXPECT_THAT(Lines(errors), ElementsAre("d.body.filename: not implemented yet"));
}

}  // namespace
}  // namespace sluice::config
