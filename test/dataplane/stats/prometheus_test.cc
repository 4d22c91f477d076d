#include "dataplane/stats/prometheus.h"

#include <gtest/gtest.h>

namespace sluice::stats {
namespace {

TEST(PrometheusTest, AFamilyHasHelpTypeAndItsSamples) {
  std::string out;
  PrometheusText text(out);
  text.Family("a_total", PrometheusText::Type::kCounter, "What it is.");
  text.Sample({{"prefix", "web"}}, uint64_t{3});
  text.Sample({}, int64_t{-1});
  text.Sample({{"a", "1"}, {"b", "2"}}, 0.25);
  EXPECT_EQ(out,
            "# HELP a_total What it is.\n"
            "# TYPE a_total counter\n"
            "a_total{prefix=\"web\"} 3\n"
            "a_total -1\n"
            "a_total{a=\"1\",b=\"2\"} 0.25\n");
}

TEST(PrometheusTest, LabelValuesCannotBecomeSamples) {
  std::string out;
  PrometheusText text(out);
  text.Family("a", PrometheusText::Type::kGauge, "X.");
  out.clear();
  text.Sample({{"prefix", "x\"} 1\nb{y=\"\\"}}, uint64_t{1});
  EXPECT_EQ(out, "a{prefix=\"x\\\"} 1\\nb{y=\\\"\\\\\"} 1\n");
}

}  // namespace
}  // namespace sluice::stats
