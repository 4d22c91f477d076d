#include "dataplane/admin/pages.h"

#include <google/protobuf/struct.pb.h>
#include <google/protobuf/util/json_util.h>
#include <gtest/gtest.h>

#include <set>
#include <sstream>

#include "dataplane/base/log.h"
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

TEST(PagesTest, ReadyFollowsTheStateAndNotTheBackends) {
  World world;
  world.AddCluster("a");
  EXPECT_EQ(BodyOf(world.Get("/ready")), "LIVE\n");
  EXPECT_EQ(BodyOf(world.Get("/ready?detail")), "LIVE\ncluster a: 1 of 2 endpoints usable\n");
  world.state = State::kInitializing;
  EXPECT_EQ(StatusLineOf(world.Get("/ready")), "HTTP/1.1 503 Service Unavailable");
  world.state = State::kDraining;
  EXPECT_EQ(StatusLineOf(world.Get("/ready?detail")), "HTTP/1.1 503 Service Unavailable");
  EXPECT_EQ(BodyOf(world.Get("/ready")), "DRAINING\n");
  EXPECT_EQ(StatusLineOf(world.Get("/healthz")), "HTTP/1.1 200 OK");
}

TEST(PagesTest, StatsShowAllThreeSources) {
  World world;
  world.http_stats.Get("web")->of(1).requests_total.Add(5);
  world.http_stats.Get("web")->of(0).refused[static_cast<size_t>(http::StreamError::kBadChunk)].Add();
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

// Each line of the exposition is a comment or "name{labels} number", and no family comes twice.
TEST(PagesTest, PrometheusTextIsWellFormed) {
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

TEST(PagesTest, ClustersAsTextAndJson) {
  World world;
  world.AddCluster("b\nx");
  world.AddCluster("a").stats_of(0).cx_active.Add(3);
  const std::string text = BodyOf(world.Get("/clusters"));
  EXPECT_HAS(text, "a::default_priority::max_connections::1024\n");
  EXPECT_HAS(text, "a::upstream_cx_active::3\n");
  EXPECT_HAS(text, "a::127.0.0.1:8001::health_flags::healthy\n");
  EXPECT_HAS(text, "a::127.0.0.1:8002::health_flags::unhealthy\n");
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

TEST(PagesTest, ListenersAsTextAndJson) {
  World world;
  EXPECT_EQ(BodyOf(world.Get("/listeners")), "web::127.0.0.1:8080\n");
  Json(BodyOf(world.Get("/listeners?format=json")));
  EXPECT_EQ(BodyOf(world.Get("/certs")), "{\"certificates\":[]}\n");
}

TEST(PagesTest, ServerInfoIsJson) {
  World world;
  world.clock.Advance(std::chrono::seconds(61));
  const auto info = Json(BodyOf(world.Get("/server_info")));
  EXPECT_EQ(info.fields().at("version").string_value(), "1.2.3");
  EXPECT_EQ(info.fields().at("state").string_value(), "LIVE");
  EXPECT_EQ(info.fields().at("uptime_all_epochs").string_value(), "61s");
  EXPECT_EQ(info.fields().at("command_line").list_value().values(1).string_value(), "a \"b\".yaml");
}

TEST(PagesTest, ConfigDumpIsTheBootstrapWithItsFieldNames) {
  World world;
  world.bootstrap.mutable_node()->set_id("n1");
  world.bootstrap.mutable_static_resources()->add_clusters()->set_name("c1");
  const auto dump = Json(BodyOf(world.Get("/config_dump")));
  const auto& bootstrap =
      dump.fields().at("configs").list_value().values(0).struct_value().fields().at("bootstrap").struct_value();
  EXPECT_EQ(bootstrap.fields().at("node").struct_value().fields().at("id").string_value(), "n1");
  EXPECT_EQ(bootstrap.fields().count("static_resources"), 1u);
}

TEST(PagesTest, LoggingChangesTheLevel) {
  World world;
  const base::LogLevel before = base::GetLogLevel();
  EXPECT_EQ(BodyOf(world.Post("/logging?level=error")), "level: error\n");
  EXPECT_EQ(base::GetLogLevel(), base::LogLevel::kError);
  EXPECT_EQ(StatusLineOf(world.Post("/logging?level=loud")), "HTTP/1.1 400 Bad Request");
  EXPECT_EQ(base::GetLogLevel(), base::LogLevel::kError);
  base::SetLogLevel(before);
}

TEST(PagesTest, TheIndexListsEveryPage) {
  World world;
  const std::string index = BodyOf(world.Get("/"));
  for (const Page& page : AllPages()) EXPECT_HAS(index, page.path);
}

TEST(RequestTest, ParametersAreFoundByTheirWholeName) {
  const Request request{"/", "a=1&bb&c=x=y&a=2"};
  EXPECT_EQ(request.Parameter("a"), "1");
  EXPECT_EQ(request.Parameter("bb"), "");
  EXPECT_EQ(request.Parameter("c"), "x=y");
  EXPECT_EQ(request.Parameter("b"), std::nullopt);
}

}  // namespace
}  // namespace sluice::admin
