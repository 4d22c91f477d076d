#include "api/check/check_message.h"

#include <gmock/gmock.h>
#include <google/protobuf/unknown_field_set.h>
#include <gtest/gtest.h>

#include <string>

#include "envoy/config/cluster/v3/cluster.pb.h"
#include "envoy/config/core/v3/base.pb.h"
#include "envoy/config/listener/v3/listener.pb.h"
#include "envoy/config/route/v3/route_components.pb.h"
#include "envoy/extensions/filters/http/router/v3/router.pb.h"
#include "envoy/extensions/filters/network/http_connection_manager/v3/http_connection_manager.pb.h"
#include "test/api/check/errors_of.h"

namespace sluice::api {
namespace {

using envoy::config::cluster::v3::Cluster;
using envoy::config::listener::v3::Filter;
using envoy::config::route::v3::FilterConfig;
using envoy::config::route::v3::Route;
using envoy::config::route::v3::RouteAction;
using envoy::extensions::filters::http::router::v3::Router;
using envoy::extensions::filters::network::http_connection_manager::v3::HttpFilter;
using testing::ElementsAre;

TEST(CheckMessage, FindsAllErrorsOfATreeAtOnceWithTheirPaths) {
  EXPECT_THAT(
      ErrorsOf<Route>(
          "match { headers { name: '' } } route { cluster: '' timeout { seconds: -1 } }"),
      ElementsAre("m.match.path_specifier: one of prefix, path, safe_regex, connect_matcher, "
                  "path_separated_prefix is required",
                  "m.match.headers[0].name: must not be empty",
                  "m.route.cluster: must not be empty", "m.route.timeout: must not be negative"));
}

TEST(CheckMessage, GoesIntoPackedMessagesWithoutAddingToThePath) {
  EXPECT_THAT(
      ErrorsOf<Filter>("name: 'f' typed_config { [type.googleapis.com/"
                       "envoy.config.core.v3.SocketAddress] { address: '' port_value: 70000 } }"),
      ElementsAre("m.typed_config.address: must not be empty",
                  "m.typed_config.port_value: must be at most 65535, is 70000"));
}

TEST(CheckMessage, RefusesPackedTypesThatAreNotSupportedAndBytesThatAreNoMessage) {
  Filter filter;
  filter.set_name("f");
  filter.mutable_typed_config()->set_type_url("type.googleapis.com/envoy.Lua");
  EXPECT_THAT(ErrorsIn(filter),
              ElementsAre("m.typed_config: the type \"envoy.Lua\" is not supported"));
  filter.mutable_typed_config()->PackFrom(Router());
  filter.mutable_typed_config()->set_value("\x0a\xff");
  EXPECT_THAT(ErrorsIn(filter), ElementsAre("m.typed_config: cannot be parsed as "
                                            "envoy.extensions.filters.http.router.v3.Router"));
  filter.mutable_typed_config()->Clear();
  EXPECT_THAT(ErrorsIn(filter), ElementsAre("m.typed_config: names no type"));
}

TEST(CheckMessage, AnOptionalFilterMayHaveAnUnknownTypeButNoBrokenOne) {
  HttpFilter filter;
  filter.set_name("f");
  filter.set_is_optional(true);
  filter.mutable_typed_config()->set_type_url("type.googleapis.com/envoy.Lua");
  EXPECT_THAT(ErrorsIn(filter), ElementsAre());
  filter.mutable_typed_config()->PackFrom(Router());
  filter.mutable_typed_config()->set_value("\x0a\xff");
  EXPECT_EQ(ErrorsIn(filter).size(), 1u);
}

TEST(CheckMessage, WhatIsOptionalDoesNotSpreadToTheNextEntry) {
  FilterConfig optional;
  optional.set_is_optional(true);
  optional.mutable_config()->set_type_url("type.googleapis.com/envoy.Lua");
  Route route;
  route.mutable_match()->set_prefix("/");
  route.mutable_non_forwarding_action();
  for (const char* key : {"a", "b", "c"}) {
    (*route.mutable_typed_per_filter_config())[key].PackFrom(optional);
  }
  (*route.mutable_typed_per_filter_config())["x"].set_type_url("type.googleapis.com/envoy.Lua");
  EXPECT_THAT(ErrorsIn(route),
              ElementsAre("m.typed_per_filter_config[\"x\"]: the type \"envoy.Lua\" is not "
                          "supported"));
}

TEST(CheckMessage, RefusesFieldsOfLaterPhasesByNameAndOthersByNumber) {
  RouteAction action;
  auto& unknown = *action.GetReflection()->MutableUnknownFields(&action);
  unknown.AddLengthDelimited(37, "plugin");
  unknown.AddVarint(9999, 1);
  unknown.AddVarint(9999, 2);
  // A plugin would be the cluster_specifier, so that one is not called missing.
  EXPECT_THAT(ErrorsIn(action),
              ElementsAre("m.cluster_specifier_plugin: is not implemented yet",
                          "m: unknown field 9999 of envoy.config.route.v3.RouteAction"));
}

TEST(CheckMessage, FindsUnknownFieldsInBytesAtAnyDepth) {
  Router router;
  router.GetReflection()->MutableUnknownFields(&router)->AddVarint(4000, 1);
  Filter filter;
  filter.set_name("f");
  filter.mutable_typed_config()->PackFrom(router);
  EXPECT_THAT(ErrorsIn(filter), ElementsAre("m.typed_config: unknown field 4000 of "
                                            "envoy.extensions.filters.http.router.v3.Router"));
  Cluster cluster;
  ASSERT_TRUE(cluster.ParseFromString("\x22\x02\x18\x05"));  // connect_timeout { 3: 5 }
  EXPECT_THAT(ErrorsIn(cluster),
              testing::Contains("m.connect_timeout: unknown field 3 of google.protobuf.Duration"));
}

TEST(CheckMessage, RefusesAFieldSentWithAnotherWireType) {
  Router router;
  ASSERT_TRUE(router.ParseFromString("\x22\x01x"));  // suppress_envoy_headers as bytes
  EXPECT_THAT(ErrorsIn(router), ElementsAre("m.suppress_envoy_headers: is of another type in "
                                            "envoy.extensions.filters.http.router.v3.Router"));
}

TEST(CheckMessage, RefusesEnumNumbersThatTheApiDoesNotHave) {
  Cluster cluster;
  cluster.set_name("c");
  cluster.set_lb_policy(static_cast<Cluster::LbPolicy>(4));
  cluster.mutable_load_assignment()->set_cluster_name("c");
  cluster.mutable_common_lb_config()->mutable_override_host_status()->add_statuses(
      static_cast<envoy::config::core::v3::HealthStatus>(77));
  EXPECT_THAT(ErrorsIn(cluster),
              ElementsAre("m.lb_policy: 4 is no value of envoy.config.cluster.v3.Cluster.LbPolicy",
                          "m.common_lb_config.override_host_status.statuses[0]: 77 is no value of "
                          "envoy.config.core.v3.HealthStatus"));
}

TEST(CheckMessage, RefusesNumbersThatAreNone) {
  const auto errors = ErrorsOf<Cluster>(
      "name: 'c' load_assignment { cluster_name: 'c' } common_lb_config { healthy_panic_threshold "
      "{ value: nan } } round_robin_lb_config { slow_start_config { aggression { default_value: "
      "inf "
      "runtime_key: 'k' } } } preconnect_policy { per_upstream_preconnect_ratio { value: nan } }");
  EXPECT_THAT(
      errors,
      ElementsAre("m.common_lb_config.healthy_panic_threshold.value: must be a finite number",
                  "m.preconnect_policy.per_upstream_preconnect_ratio: must be a finite "
                  "number",
                  "m.round_robin_lb_config.slow_start_config.aggression.default_value: must "
                  "be a finite number"));
}

TEST(CheckMessage, StopsAtMessagesPackedInEachOtherWithoutEnd) {
  google::protobuf::Any any;
  any.PackFrom(Router());
  for (int i = 0; i < 5000; ++i) {
    google::protobuf::Any outer;
    outer.PackFrom(any);
    any.Swap(&outer);
  }
  EXPECT_THAT(ErrorsIn(any), ElementsAre("m: nested more than 100 levels deep"));
}

}  // namespace
}  // namespace sluice::api
