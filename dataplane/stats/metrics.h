// The metrics of a connection manager and of the access log writer, each written down once: name,
// what it means, and which cell holds it. Both /stats and /stats/prometheus are made from this
// table.
#pragma once

#include <span>
#include <string_view>
#include <variant>

#include "dataplane/stats/counter.h"
#include "dataplane/stats/http_stats.h"
#include "dataplane/stats/log_stats.h"

namespace sluice::stats {

// A cell of block type S. Prometheus names put a prefix before `name`.
template <typename S>
struct Metric {
  std::string_view name;
  std::string_view help;
  std::variant<Counter S::*, Gauge S::*> cell;
};

// All scalar cells of HttpStats; "sluice_http_" before them. Its arrays and its histogram are
// spelled out in scrape.cc.
std::span<const Metric<HttpStats>> HttpMetrics();
// All cells of LogStats; "sluice_access_log_" before them.
std::span<const Metric<LogStats>> LogMetrics();

}  // namespace sluice::stats
