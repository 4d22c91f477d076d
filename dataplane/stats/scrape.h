// Sums over workers, and all of them as text. Any thread, while workers count: a number is that of
// some recent moment, and two of them need not be of the same one.
#pragma once

#include <array>
#include <functional>
#include <string>
#include <string_view>

#include "dataplane/stats/counter.h"
#include "dataplane/stats/http_stats.h"
#include "dataplane/stats/http_stats_registry.h"
#include "dataplane/stats/log_stats.h"
#include "dataplane/stats/prometheus.h"

namespace sluice::stats {

// The name of HttpStats.refused[i] ("bad_chunk"), which the http folder knows.
using RefusalName = std::function<std::string_view(size_t)>;

uint64_t Total(const HttpStatsSet& set, Counter HttpStats::*cell);
int64_t Total(const HttpStatsSet& set, Gauge HttpStats::*cell);

// The sum of histograms at one moment; its count is that of its cells, whatever is added meanwhile.
class HistogramTotal final {
 public:
  void Add(const Histogram& histogram);
  uint64_t count() const { return count_; }
  uint64_t sum_micros() const { return sum_; }
  uint64_t in(size_t bucket) const { return cells_[bucket]; }
  // An upper bound, in microseconds, of the value below which a share of `q` in (0, 1] lies; 0 when
  // nothing was recorded. At most 25 % above the true value.
  uint64_t Quantile(double q) const;

 private:
  std::array<uint64_t, Histogram::kBuckets> cells_{};
  uint64_t count_ = 0;
  uint64_t sum_ = 0;
};
HistogramTotal Total(const HttpStatsSet& set, Histogram HttpStats::*cell);

// sluice_http_...{prefix="web"}. Refusals are listed once they happened.
void ScrapePrometheus(const HttpStatsRegistry& registry, const RefusalName& refusal_name,
                      PrometheusText& text);
// sluice_access_log_...
void ScrapePrometheus(const LogStats& stats, PrometheusText& text);

// Calls f(name, value) for each number as /stats names it: "http.web.requests_total".
using StatVisitor = std::function<void(std::string_view name, int64_t value)>;
void VisitStats(const HttpStatsRegistry& registry, const RefusalName& refusal_name,
                const StatVisitor& f);
void VisitStats(const LogStats& stats, const StatVisitor& f);

}  // namespace sluice::stats
