#include "dataplane/config/origin.h"

#include <gtest/gtest.h>

#include "test/dataplane/config/resource_text.h"

namespace sluice::config {
namespace {

std::string NameAt(const ResourceRef& resource, std::string_view path) {
  const auto origin = FindOrigin(*resource->message, path);
  return origin ? origin->kind() + " " + origin->name() + " " + origin->field_path() : "none";
}

TEST(OriginTest, TheNearestMetadataCounts) {
  const ResourceRef routes =
      RoutesOf("name: 'r' " + OriginText("table") +
               "virtual_hosts { name: 'h' domains: '*' routes { match { prefix: '/' } } "
               "routes { " +
               OriginText("two") + " match { prefix: '/' } } }");
  EXPECT_EQ(NameAt(routes, "virtual_hosts[0].routes[1].match.prefix"), "Route team/two spec.match");
  EXPECT_EQ(NameAt(routes, "virtual_hosts[0].routes[1]"), "Route team/two spec.match");
  EXPECT_EQ(NameAt(routes, "virtual_hosts[0].routes[0].match"), "Route team/table spec.match");
  EXPECT_EQ(NameAt(routes, ""), "Route team/table spec.match");
}

TEST(OriginTest, LooksIntoPackedMessages) {
  const ResourceRef listener = ListenerOf(
      "name: 'l' filter_chains { filters { name: 'h' typed_config { "
      "[type.googleapis.com/envoy.extensions.filters.network.http_connection_manager.v3."
      "HttpConnectionManager] { route_config { virtual_hosts { name: 'h' routes { " +
      OriginText("inner") + " } } } } } } }");
  EXPECT_EQ(
      NameAt(
          listener,
          "filter_chains[0].filters[0].typed_config.route_config.virtual_hosts[0].routes[0].match"),
      "Route team/inner spec.match");
}

TEST(OriginTest, APathThatLeadsNowhereKeepsWhatWasFound) {
  const ResourceRef routes =
      RoutesOf("name: 'r' " + OriginText("table") + "virtual_hosts { name: 'h' }");
  for (const char* path :
       {"nothing.here", "virtual_hosts[9].name", "virtual_hosts[x", "virtual_hosts[",
        "a[\"k.e]y\"].b", "....", "[", "virtual_hosts[99999999999999999999]"}) {
    EXPECT_EQ(NameAt(routes, path), "Route team/table spec.match") << path;
  }
  EXPECT_EQ(NameAt(RoutesOf("name: 'r'"), "virtual_hosts[0]"), "none");
}

}  // namespace
}  // namespace sluice::config
