#include "dataplane/admin/pages.h"

#include <google/protobuf/struct.pb.h>
#include <google/protobuf/util/json_util.h>
#include <gtest/gtest.h>

#include <set>
#include <sstream>

#include "dataplane/http/codec.h"
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

TEST(StatsPageTest, StatsShowAllThreeSources) {
  World world;
  world.http_stats.Get("web")->of(1).requests_total.Add(5);
  world.http_stats.Get("web")
      ->of(0)
      .refused[static_cast<size_t>(http::StreamError::kBadChunk)]
      .Add();
  world.log_stats.lines_dropped.Add(2);
  world.AddCluster("a").stats_of(1).rq_total.Add(7);
  const std::string text = BodyOf(world.Get("/stats"));
  EXPECT_HAS(text, "http.web.requests_total: 5\n");
  EXPECT_HAS(text, "http.web.refused_bad_chunk_total: 1\n");
  EXPECT_HAS(text, "access_log.lines_dropped_total: 2\n");
  EXPECT_HAS(text, "cluster.a.upstream_rq_total: 7\n");
  EXPECT_HAS(text, "cluster.a.membership_healthy: 1\n");
  Json(BodyOf(world.Get("/stats?format=json")));
  const std::string prometheus = world.Get("/stats/prometheus");
  EXPECT_HAS(prometheus, "content-type: text/plain; version=0.0.4");
  EXPECT_HAS(prometheus, "\nsluice_http_requests_total{prefix=\"web\"} 5\n");
  EXPECT_HAS(prometheus, "\nsluice_upstream_rq_total{cluster=\"a\"} 7\n");
  EXPECT_HAS(prometheus, "\nsluice_upstream_endpoints{cluster=\"a\",health=\"unhealthy\"} 1\n");
  EXPECT_EQ(BodyOf(world.Get("/stats?format=prometheus")), BodyOf(prometheus));
}

TEST(StatsPageTest, ShowsWhatHealthWatchingDidWhereAClusterHasIt) {
  World world;
  upstream::Cluster& cluster = world.AddCluster("a");
  EXPECT_EQ(BodyOf(world.Get("/stats")).find("outlier_detection."), std::string::npos);
  upstream::ClusterSpec spec = cluster.spec();
  spec.outlier.emplace();
  spec.check.emplace();
  world.registry.Publish(cluster, std::make_shared<const upstream::ClusterSpec>(spec));
  cluster.health_stats().ejections_active.Add(2);
  cluster.health_stats().failure.Add(3);
  const auto type = static_cast<size_t>(upstream::Ejection::kSuccessRate);
  cluster.health_stats().detected[type].Add(5);
  cluster.health_stats().enforced[type].Add(4);
  const std::string text = BodyOf(world.Get("/stats"));
  EXPECT_HAS(text, "cluster.a.outlier_detection.ejections_active: 2\n");
  EXPECT_HAS(text, "cluster.a.outlier_detection.ejections_detected_success_rate: 5\n");
  EXPECT_HAS(text, "cluster.a.outlier_detection.ejections_enforced_success_rate: 4\n");
  EXPECT_HAS(text, "cluster.a.health_check.failure: 3\n");
  const std::string prometheus = BodyOf(world.Get("/stats/prometheus"));
  EXPECT_HAS(prometheus, "\nsluice_health_ejections_active{cluster=\"a\"} 2\n");
  EXPECT_HAS(prometheus, "\nsluice_health_ejections_by_type_total{cluster=\"a\","
                         "type=\"success_rate\",enforced=\"true\"} 4\n");
}

TEST(StatsPageTest, PrometheusTextIsWellFormed) {
  World world;
  world.http_stats.Get("we\"b\n");
  world.AddCluster("a\\b");
  std::istringstream lines(BodyOf(world.Get("/stats/prometheus")));
  std::set<std::string> families;
  for (std::string line; std::getline(lines, line);) {
    if (line.starts_with("# TYPE ")) {
      EXPECT_TRUE(families.insert(line).second) << line;
    }
    if (line.starts_with("#")) continue;
    const size_t space = line.rfind(' ');
    ASSERT_NE(space, line.npos) << line;
    EXPECT_NE(line.find_first_of("0123456789", space), line.npos) << line;
    EXPECT_TRUE(line.starts_with("sluice_")) << line;
  }
  EXPECT_GT(families.size(), 40u);
}

TEST(StatsPageTest, TellsTheRevisionTheControlPlaneAndTheLongestTurns) {
  World world;
  EXPECT_EQ(BodyOf(world.Get("/stats")).find("control_plane."), std::string::npos);
  auto draft = std::make_shared<config::Draft>();
  draft->revision = 41;
  world.configuration.served = draft;
  world.configuration.control_plane.emplace().connected = true;
  xds::DiscoveryStats discovery;
  discovery.of(xds::DiscoveryType::kRoute).update_rejected.Add(3);
  world.configuration.discovery = &discovery;
  const std::string text = BodyOf(world.Get("/stats"));
  for (const char* line : {"config.revision: 41\n", "control_plane.connected_state: 1\n",
                           "control_plane.route.update_rejected: 3\n",
                           "loop.config.longest_turn_us: 0\n"}) {
    EXPECT_NE(text.find(line), std::string::npos) << line << text;
  }
  const std::string prometheus = BodyOf(world.Get("/stats/prometheus"));
  EXPECT_NE(prometheus.find("sluice_config_revision 41\n"), std::string::npos) << prometheus;
  EXPECT_NE(prometheus.find("sluice_control_plane_connected 1\n"), std::string::npos);
  EXPECT_NE(prometheus.find("sluice_control_plane_update_rejected_total{type=\"route\"} 3\n"),
            std::string::npos);
}

}  // namespace
}  // namespace sluice::admin
