#include "dataplane/admin/pages.h"

#include <google/protobuf/struct.pb.h>
#include <google/protobuf/util/json_util.h>
#include <gtest/gtest.h>

#include "test/dataplane/admin/admin_world.h"

namespace sluice::admin {
namespace {

#define EXPECT_HAS(text, part) EXPECT_NE((text).find(part), std::string::npos) << (text)

// Fails unless `text` is one JSON object.
google::protobuf::Struct Json(const std::string& text) {
  google::protobuf::Struct out;
  EXPECT_TRUE(google::protobuf::util::JsonStringToMessage(text, &out).ok()) << text;
  return out;
}

TEST(ClustersPageTest, ClustersAsTextAndJson) {
  World world;
  world.AddCluster("b\nx");
  world.AddCluster("a").stats_of(0).cx_active.Add(3);
  const std::string text = BodyOf(world.Get("/clusters"));
  EXPECT_HAS(text, "a::default_priority::max_connections::1024\n");
  EXPECT_HAS(text, "a::upstream_cx_active::3\n");
  EXPECT_HAS(text, "a::127.0.0.1:8001::health_flags::healthy\n");
  EXPECT_HAS(text, "a::127.0.0.1:8002::health_flags::/failed_eds_health\n");
  EXPECT_HAS(text, "a::127.0.0.1:8001::weight::3\n");
  EXPECT_HAS(text, "\nb\\x0Ax::127.0.0.1:8001::priority::0\n");
  const auto json = Json(BodyOf(world.Get("/clusters?format=json")));
  const auto& clusters = json.fields().at("cluster_statuses").list_value();
  ASSERT_EQ(clusters.values_size(), 2);
  const auto& a = clusters.values(0).struct_value().fields();
  EXPECT_EQ(a.at("name").string_value(), "a");
  EXPECT_EQ(a.at("stats").struct_value().fields().at("upstream_cx_active").number_value(), 3);
  EXPECT_EQ(a.at("host_statuses").list_value().values_size(), 2);
}

TEST(ClustersPageTest, NamesEveryReasonWhyAnEndpointIsOut) {
  World world;
  upstream::Cluster& cluster = world.AddCluster("a");
  upstream::Endpoint& endpoint = *cluster.endpoints()->endpoints()[1];
  world.registry.Mark(cluster, endpoint, upstream::kEjected, upstream::kEjected);
  world.registry.Mark(cluster, endpoint, upstream::kActiveReasons, upstream::kFailedActive);
  EXPECT_HAS(BodyOf(world.Get("/clusters")),
             "a::127.0.0.1:8002::health_flags::/failed_active_hc/failed_outlier_check"
             "/failed_eds_health\n");
  const auto json = Json(BodyOf(world.Get("/clusters?format=json")));
  const auto& a = json.fields().at("cluster_statuses").list_value().values(0).struct_value();
  const auto& hosts = a.fields().at("host_statuses").list_value();
  const auto& health = hosts.values(1).struct_value().fields().at("health_status").struct_value();
  EXPECT_TRUE(health.fields().at("failed_outlier_check").bool_value());
  EXPECT_TRUE(health.fields().at("failed_active_hc").bool_value());
  EXPECT_EQ(health.fields().at("eds_health_status").string_value(), "UNHEALTHY");
}

}  // namespace
}  // namespace sluice::admin
