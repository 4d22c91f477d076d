#include "dataplane/stats/scrape.h"

#include <gtest/gtest.h>

#include <map>

namespace sluice::stats {
namespace {

std::string_view Refusal(size_t i) { return i == 3 ? "bad_chunk" : "other"; }

std::string Scrape(const HttpStatsRegistry& registry) {
  std::string out;
  PrometheusText text(out);
  ScrapePrometheus(registry, Refusal, text);
  return out;
}

std::map<std::string, int64_t> Visit(const HttpStatsRegistry& registry) {
  std::map<std::string, int64_t> all;
  VisitStats(registry, Refusal,
             [&](std::string_view name, int64_t value) { all[std::string(name)] = value; });
  return all;
}

#define EXPECT_HAS(text, line) EXPECT_NE((text).find(line), std::string::npos) << (text)

TEST(ScrapeTest, NumbersAreSummedOverWorkers) {
  HttpStatsRegistry registry(2);
  auto set = registry.Get("web");
  set->of(0).requests_total.Add(2);
  set->of(1).requests_total.Add(3);
  set->of(0).connections_active.Add(5);
  set->of(1).connections_active.Add(-4);
  set->of(1).responses[4].Add(9);
  set->of(0).refused[3].Add();
  const std::string text = Scrape(registry);
  EXPECT_HAS(
      text,
      "# TYPE sluice_http_requests_total counter\nsluice_http_requests_total{prefix=\"web\"} 5\n");
  EXPECT_HAS(text,
             "# TYPE sluice_http_connections_active "
             "gauge\nsluice_http_connections_active{prefix=\"web\"} 1\n");
  EXPECT_HAS(text, "sluice_http_responses_total{prefix=\"web\",class=\"4xx\"} 9\n");
  EXPECT_HAS(text, "sluice_http_refused_total{prefix=\"web\",reason=\"bad_chunk\"} 1\n");
  EXPECT_EQ(text.find("reason=\"other\""), text.npos);
  const auto stats = Visit(registry);
  EXPECT_EQ(stats.at("http.web.requests_total"), 5);
  EXPECT_EQ(stats.at("http.web.responses_4xx_total"), 9);
  EXPECT_EQ(stats.at("http.web.refused_bad_chunk_total"), 1);
}

TEST(ScrapeTest, EachFamilyHasOneTypeLineHoweverManyPrefixes) {
  HttpStatsRegistry registry(1);
  registry.Get("a");
  registry.Get("b");
  const std::string text = Scrape(registry);
  const std::string line = "# TYPE sluice_http_requests_total counter\n";
  const size_t first = text.find(line);
  ASSERT_NE(first, text.npos);
  EXPECT_EQ(text.find(line, first + 1), text.npos);
  EXPECT_HAS(text, "{prefix=\"a\"} 0\nsluice_http_requests_total{prefix=\"b\"} 0\n");
}

TEST(ScrapeTest, HistogramBucketsAreCumulativeInSeconds) {
  HttpStatsRegistry registry(2);
  auto set = registry.Get("web");
  set->of(0).request_time.Record(100);
  set->of(1).request_time.Record(1'000);
  set->of(1).request_time.Record(300'000'000);
  const std::string text = Scrape(registry);
  EXPECT_HAS(text, "sluice_http_request_time_seconds_bucket{prefix=\"web\",le=\"9.6e-05\"} 0\n");
  EXPECT_HAS(text, "sluice_http_request_time_seconds_bucket{prefix=\"web\",le=\"0.000128\"} 1\n");
  EXPECT_HAS(text, "sluice_http_request_time_seconds_bucket{prefix=\"web\",le=\"0.001024\"} 2\n");
  EXPECT_HAS(text, "sluice_http_request_time_seconds_bucket{prefix=\"web\",le=\"+Inf\"} 3\n");
  EXPECT_HAS(text, "sluice_http_request_time_seconds_sum{prefix=\"web\"} 300.0011\n");
  EXPECT_HAS(text, "sluice_http_request_time_seconds_count{prefix=\"web\"} 3\n");
}

TEST(ScrapeTest, QuantilesAreAtMostAQuarterTooHigh) {
  HistogramTotal total;
  EXPECT_EQ(total.Quantile(0.5), 0u);
  Histogram histogram;
  for (uint64_t v = 1; v <= 1000; ++v) histogram.Record(v);
  total.Add(histogram);
  for (double q : {0.01, 0.5, 0.9, 0.99, 1.0}) {
    const double exact = q * 1000;
    EXPECT_GE(static_cast<double>(total.Quantile(q)), exact) << q;
    EXPECT_LE(static_cast<double>(total.Quantile(q)), exact * 1.25 + 1) << q;
  }
}

TEST(ScrapeTest, TheLogWritersNumbersAreThere) {
  LogStats stats;
  stats.lines_dropped.Add(4);
  std::string out;
  PrometheusText text(out);
  ScrapePrometheus(stats, text);
  EXPECT_HAS(out, "sluice_access_log_lines_dropped_total 4\n");
  std::map<std::string, int64_t> all;
  VisitStats(stats, [&](std::string_view name, int64_t value) { all[std::string(name)] = value; });
  EXPECT_EQ(all.at("access_log.lines_dropped_total"), 4);
}

}  // namespace
}  // namespace sluice::stats
