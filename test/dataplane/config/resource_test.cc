#include "dataplane/config/resource.h"

#include <gtest/gtest.h>

#include "envoy/config/cluster/v3/cluster.pb.h"
#include "envoy/config/endpoint/v3/endpoint.pb.h"
#include "envoy/config/listener/v3/listener.pb.h"
#include "envoy/config/route/v3/route.pb.h"
#include "envoy/extensions/filters/network/http_connection_manager/v3/http_connection_manager.pb.h"

namespace sluice::config {
namespace {

using envoy::config::cluster::v3::Cluster;
using envoy::config::listener::v3::FilterChain;
using envoy::config::listener::v3::Listener;
using envoy::extensions::filters::network::http_connection_manager::v3::HttpConnectionManager;
using Names = std::vector<std::string>;

std::string ErrorOf(const absl::StatusOr<ResourceRef>& result) {
  return result.ok() ? "" : std::string(result.status().message());
}

TEST(ResourceTest, KeepsWhatItWasParsedFrom) {
  Cluster cluster;
  cluster.set_name("pay");
  const std::string bytes = cluster.SerializeAsString();
  const auto resource = DecodeResource(ResourceType::kCluster, "pay", "7", bytes);
  ASSERT_TRUE(resource.ok());
  EXPECT_EQ((*resource)->name, "pay");
  EXPECT_EQ((*resource)->version, "7");
  EXPECT_EQ((*resource)->message->SerializeAsString(), bytes);
  const auto again = DecodeResource(ResourceType::kCluster, "", "8", bytes);
  EXPECT_EQ((*resource)->content, (*again)->content);
  cluster.mutable_connect_timeout()->set_seconds(1);
  const auto other = DecodeResource(ResourceType::kCluster, "", "8", cluster.SerializeAsString());
  EXPECT_NE((*resource)->content, (*other)->content);
}

TEST(ResourceTest, TakesTheNameThatTheTypeGivesIt) {
  envoy::config::endpoint::v3::ClusterLoadAssignment assignment;
  assignment.set_cluster_name("a");
  envoy::config::route::v3::RouteConfiguration routes;
  routes.set_name("r");
  EXPECT_EQ((*DecodeResource(ResourceType::kEndpoint, "", "", assignment.SerializeAsString()))->name,
            "a");
  EXPECT_EQ((*DecodeResource(ResourceType::kRoute, "", "", routes.SerializeAsString()))->name, "r");
}

TEST(ResourceTest, RefusesByFieldWhatIsNotTheResource) {
  Cluster cluster;
  EXPECT_EQ(ErrorOf(DecodeResource(ResourceType::kCluster, "", "", cluster.SerializeAsString())),
            "name: must not be empty");
  cluster.set_name("a");
  EXPECT_EQ(ErrorOf(DecodeResource(ResourceType::kCluster, "b", "", cluster.SerializeAsString())),
            "name: is 'a', but it was sent as 'b'");
  EXPECT_EQ(ErrorOf(DecodeResource(ResourceType::kCluster, "a", "", "\xff\xff")),
            "cannot be parsed as envoy.config.cluster.v3.Cluster");
}

TEST(ResourceTest, AClusterOfTypeEdsRefersToItsAssignment) {
  Cluster cluster;
  cluster.set_name("pay");
  cluster.mutable_eds_cluster_config()->set_service_name("pay.v2");
  const auto decode = [&] {
    return (*DecodeResource(ResourceType::kCluster, "", "", cluster.SerializeAsString()))
        ->references;
  };
  EXPECT_EQ(decode(), Names{}) << "static";
  cluster.set_type(Cluster::EDS);
  EXPECT_EQ(decode(), Names{"pay.v2"});
  cluster.mutable_eds_cluster_config()->clear_service_name();
  EXPECT_EQ(decode(), Names{"pay"});
}

void AddManager(std::string_view routes, FilterChain& chain) {
  HttpConnectionManager manager;
  if (!routes.empty()) {
    manager.mutable_rds()->set_route_config_name(std::string(routes));
  } else {
    manager.mutable_route_config()->set_name("inline");
  }
  chain.add_filters()->mutable_typed_config()->PackFrom(manager);
}

TEST(ResourceTest, AListenerRefersToTheRoutesOfAllItsChainsOnce) {
  Listener listener;
  listener.set_name("web");
  AddManager("b", *listener.add_filter_chains());
  AddManager("", *listener.add_filter_chains());
  AddManager("b", *listener.add_filter_chains());
  AddManager("a", *listener.mutable_default_filter_chain());
  const auto resource =
      DecodeResource(ResourceType::kListener, "", "", listener.SerializeAsString());
  EXPECT_EQ((*resource)->references, (Names{"a", "b"}));
}

TEST(ResourceTest, ASetHasOneMapPerRevisionedType) {
  ResourceSet set;
  set.of(ResourceType::kCluster)["c"];
  set.of(ResourceType::kListener)["l"];
  set.of(ResourceType::kRoute)["r"];
  EXPECT_EQ(set.clusters.count("c") + set.listeners.count("l") + set.routes.count("r"), 3u);
  EXPECT_EQ(TypeUrl(ResourceType::kRoute),
            "type.googleapis.com/envoy.config.route.v3.RouteConfiguration");
}

}  // namespace
}  // namespace sluice::config
