#include "dataplane/stats/metrics.h"

#include <gtest/gtest.h>

#include <set>

namespace sluice::stats {
namespace {

template <typename S>
void CheckNames(std::span<const Metric<S>> metrics) {
  std::set<std::string_view> names;
  for (const Metric<S>& metric : metrics) {
    EXPECT_TRUE(names.insert(metric.name).second) << metric.name;
    EXPECT_EQ(metric.name.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789_"),
              metric.name.npos);
    EXPECT_EQ(metric.help.back(), '.') << metric.name;
    // Prometheus' rule: counters end with _total, gauges do not.
    EXPECT_EQ(metric.name.ends_with("_total"), metric.cell.index() == 0) << metric.name;
  }
}

TEST(MetricsTest, NamesAreUniqueAndSayTheirKind) {
  CheckNames(HttpMetrics());
  CheckNames(LogMetrics());
}

// A cell added to a block without a line in the table would never be seen by an operator.
TEST(MetricsTest, EveryCellHasALine) {
  EXPECT_EQ(LogMetrics().size() * sizeof(Counter), sizeof(LogStats));
  const size_t rest =
      sizeof(HttpStats::responses) + sizeof(HttpStats::refused) + sizeof(HttpStats::request_time);
  EXPECT_EQ(HttpMetrics().size() * sizeof(Counter) + rest, sizeof(HttpStats));
}

}  // namespace
}  // namespace sluice::stats
