#include "dataplane/stats/scrape.h"

#include <fmt/format.h>

#include <vector>

#include "dataplane/stats/metrics.h"

namespace sluice::stats {

namespace {

using Type = PrometheusText::Type;

// `le` bounds of request_time: the bounds of every second bucket in this range of microseconds
// (factors of about 1.4). They are a bucket's exclusive ends, one microsecond is not told apart.
constexpr uint64_t kLowestBound = 64;
constexpr uint64_t kHighestBound = 128'000'000;

constexpr double kMicrosPerSecond = 1e6;

bool IsGauge(const Metric<HttpStats>& metric) { return metric.cell.index() == 1; }

std::vector<const HttpStatsSet*> Sets(const HttpStatsRegistry& registry) {
  std::vector<const HttpStatsSet*> sets;  // they live for ever
  registry.ForEach([&](const HttpStatsSet& set) { sets.push_back(&set); });
  return sets;
}

int64_t Value(const HttpStatsSet& set, const Metric<HttpStats>& metric) {
  return std::visit([&](auto cell) { return static_cast<int64_t>(Total(set, cell)); }, metric.cell);
}

int64_t Value(const LogStats& stats, const Metric<LogStats>& metric) {
  return std::visit([&](auto cell) { return static_cast<int64_t>((stats.*cell).value()); },
                    metric.cell);
}

// Sum over workers of one element of an array of counters.
template <size_t N>
uint64_t TotalAt(const HttpStatsSet& set, std::array<Counter, N> HttpStats::*cells, size_t i) {
  uint64_t sum = 0;
  for (uint32_t w = 0; w < set.workers(); ++w) sum += (set.of(w).*cells)[i].value();
  return sum;
}

constexpr size_t kClasses = std::tuple_size_v<decltype(HttpStats::responses)>;
constexpr size_t kRefusals = std::tuple_size_v<decltype(HttpStats::refused)>;

void ScrapeHistogram(const HttpStatsSet& set, PrometheusText& text) {
  const HistogramTotal total = Total(set, &HttpStats::request_time);
  uint64_t below = 0;
  for (size_t i = 0; i < Histogram::kBuckets; ++i) {
    below += total.in(i);
    const uint64_t bound = Histogram::UpperBound(i);
    if (i % 2 == 0 || bound < kLowestBound || bound > kHighestBound) continue;
    text.Part("_bucket",
              {{"prefix", set.prefix()}, {"le", fmt::format("{}", bound / kMicrosPerSecond)}},
              below);
  }
  text.Part("_bucket", {{"prefix", set.prefix()}, {"le", "+Inf"}}, total.count());
  text.Part("_sum", {{"prefix", set.prefix()}},
            static_cast<double>(total.sum_micros()) / kMicrosPerSecond);
  text.Part("_count", {{"prefix", set.prefix()}}, total.count());
}

}  // namespace

uint64_t Total(const HttpStatsSet& set, Counter HttpStats::*cell) {
  uint64_t sum = 0;
  for (uint32_t w = 0; w < set.workers(); ++w) sum += (set.of(w).*cell).value();
  return sum;
}

int64_t Total(const HttpStatsSet& set, Gauge HttpStats::*cell) {
  int64_t sum = 0;
  for (uint32_t w = 0; w < set.workers(); ++w) sum += (set.of(w).*cell).value();
  return sum;
}

void HistogramTotal::Add(const Histogram& histogram) {
  for (size_t i = 0; i < Histogram::kBuckets; ++i) {
    const uint64_t n = histogram.count_in(i);
    cells_[i] += n;
    count_ += n;
  }
  sum_ += histogram.sum();
}

uint64_t HistogramTotal::Quantile(double q) const {
  const auto wanted = static_cast<uint64_t>(q * static_cast<double>(count_) + 0.999999);
  uint64_t seen = 0;
  for (size_t i = 0; i < cells_.size(); ++i) {
    seen += cells_[i];
    if (seen != 0 && seen >= wanted) return Histogram::UpperBound(i);
  }
  return 0;
}

HistogramTotal Total(const HttpStatsSet& set, Histogram HttpStats::*cell) {
  HistogramTotal total;
  for (uint32_t w = 0; w < set.workers(); ++w) total.Add(set.of(w).*cell);
  return total;
}

void ScrapePrometheus(const HttpStatsRegistry& registry, const RefusalName& refusal_name,
                      PrometheusText& text) {
  const auto sets = Sets(registry);
  for (const Metric<HttpStats>& metric : HttpMetrics()) {
    const std::string name = fmt::format("sluice_http_{}", metric.name);
    text.Family(name, IsGauge(metric) ? Type::kGauge : Type::kCounter, metric.help);
    for (const HttpStatsSet* set : sets)
      text.Sample({{"prefix", set->prefix()}}, Value(*set, metric));
  }
  text.Family("sluice_http_responses_total", Type::kCounter,
              "Responses by hundreds of their status code.");
  for (const HttpStatsSet* set : sets) {
    for (size_t i = 1; i < kClasses; ++i) {
      text.Sample({{"prefix", set->prefix()}, {"class", fmt::format("{}xx", i)}},
                  TotalAt(*set, &HttpStats::responses, i));
    }
  }
  text.Family("sluice_http_refused_total", Type::kCounter,
              "Requests that were not understood, by reason.");
  for (const HttpStatsSet* set : sets) {
    for (size_t i = 0; i < kRefusals; ++i) {
      const uint64_t n = TotalAt(*set, &HttpStats::refused, i);
      if (n != 0) text.Sample({{"prefix", set->prefix()}, {"reason", refusal_name(i)}}, n);
    }
  }
  text.Family("sluice_http_request_time_seconds", Type::kHistogram,
              "From the first byte of a request to the last of its response.");
  for (const HttpStatsSet* set : sets) ScrapeHistogram(*set, text);
}

void ScrapePrometheus(const LogStats& stats, PrometheusText& text) {
  for (const Metric<LogStats>& metric : LogMetrics()) {
    const std::string name = fmt::format("sluice_access_log_{}", metric.name);
    text.Family(name, Type::kCounter, metric.help);
    text.Sample({}, Value(stats, metric));
  }
}

void VisitStats(const HttpStatsRegistry& registry, const RefusalName& refusal_name,
                const StatVisitor& f) {
  for (const HttpStatsSet* set : Sets(registry)) {
    const auto visit = [&](std::string_view name, auto value) {
      f(fmt::format("http.{}.{}", set->prefix(), name), static_cast<int64_t>(value));
    };
    for (const Metric<HttpStats>& metric : HttpMetrics()) visit(metric.name, Value(*set, metric));
    for (size_t i = 1; i < kClasses; ++i) {
      visit(fmt::format("responses_{}xx_total", i), TotalAt(*set, &HttpStats::responses, i));
    }
    for (size_t i = 0; i < kRefusals; ++i) {
      const uint64_t n = TotalAt(*set, &HttpStats::refused, i);
      if (n != 0) visit(fmt::format("refused_{}_total", refusal_name(i)), n);
    }
    const HistogramTotal time = Total(*set, &HttpStats::request_time);
    visit("request_time_us.count", time.count());
    visit("request_time_us.sum", time.sum_micros());
    visit("request_time_us.p50", time.Quantile(0.5));
    visit("request_time_us.p90", time.Quantile(0.9));
    visit("request_time_us.p99", time.Quantile(0.99));
    visit("request_time_us.p999", time.Quantile(0.999));
  }
}

void VisitStats(const LogStats& stats, const StatVisitor& f) {
  for (const Metric<LogStats>& metric : LogMetrics()) {
    f(fmt::format("access_log.{}", metric.name), Value(stats, metric));
  }
}

}  // namespace sluice::stats
