#include "dataplane/admin/control_plane_stats.h"

#include <gtest/gtest.h>

#include <map>

namespace sluice::admin {
namespace {

using xds::DiscoveryType;

TEST(ControlPlaneStatsTest, NamesWhatTheStreamAndEachTypeCounted) {
  xds::DiscoveryStats stats;
  stats.requests.Add(7);
  stats.of(DiscoveryType::kCluster).update_rejected.Add(2);
  stats.of(DiscoveryType::kEndpoint).resources.Add(5);
  std::map<std::string, int64_t, std::less<>> seen;
  VisitDiscoveryStats(stats, [&](std::string_view name, int64_t value) {
    EXPECT_TRUE(seen.emplace(name, value).second) << name;
  });
  EXPECT_EQ(seen["control_plane.requests"], 7);
  EXPECT_EQ(seen["control_plane.cluster.update_rejected"], 2);
  EXPECT_EQ(seen["control_plane.route.update_rejected"], 0);
  EXPECT_EQ(seen["control_plane.endpoint.resources"], 5);
  EXPECT_EQ(seen.size(), 5 + 11 * xds::kDiscoveryTypes.size());
}

TEST(ControlPlaneStatsTest, PrometheusHasAFamilyForEachWithTheTypeAsALabel) {
  xds::DiscoveryStats stats;
  stats.streams.Add(3);
  stats.of(DiscoveryType::kListener).update_success.Add(4);
  std::string body;
  stats::PrometheusText text(body);
  ScrapePrometheus(stats, text);
  for (const char* part : {"# TYPE sluice_control_plane_streams_total counter\n",
                           "sluice_control_plane_streams_total 3\n",
                           "sluice_control_plane_update_success_total{type=\"listener\"} 4\n",
                           "# TYPE sluice_control_plane_resources gauge\n",
                           "sluice_control_plane_resources{type=\"commit\"} 0\n"}) {
    EXPECT_NE(body.find(part), std::string::npos) << part << body;
  }
}

}  // namespace
}  // namespace sluice::admin
