#include "dataplane/admin/breaker_stats.h"

#include <fmt/format.h>

#include <algorithm>

namespace sluice::admin {
namespace {

using stats::PrometheusText;
using upstream::Limit;

std::string_view ShortName(Limit limit) {
  switch (limit) {
    case Limit::kConnections: return "cx";
    case Limit::kPending: return "rq_pending";
    case Limit::kRequests: return "rq";
    case Limit::kRetries: return "rq_retry";
  }
  return "";
}

struct Reading {
  uint32_t in_use = 0;
  uint32_t most = 0;
  uint64_t times_near = 0;
  bool unlimited() const { return most == upstream::BreakerLimits::kUnlimited; }
  uint32_t left() const { return most - std::min(in_use, most); }
};

Reading Read(const upstream::Cluster& cluster, Limit limit) {
  const upstream::InUse& in_use = cluster.breaker().of(limit);
  return {in_use.count(), upstream::LimitOf(cluster.spec().breaker, limit), in_use.times_near()};
}

}  // namespace

void VisitBreakerStats(const upstream::Cluster& cluster, const stats::StatVisitor& f) {
  for (const Limit limit : upstream::kLimits) {
    const Reading now = Read(cluster, limit);
    if (now.unlimited()) continue;
    const auto name = [&](std::string_view before, std::string_view after) {
      return fmt::format("circuit_breakers.default.{}{}{}", before, ShortName(limit), after);
    };
    f(name("", "_open"), now.left() == 0 ? 1 : 0);
    f(name("in_use_", ""), now.in_use);
    f(name("remaining_", ""), now.left());
    f(name("near_", ""), static_cast<int64_t>(now.times_near));
  }
}

void ScrapeBreakers(const std::vector<ClusterBackends>& clusters, PrometheusText& text) {
  const auto family = [&](std::string_view name, PrometheusText::Type type, std::string_view help,
                          auto&& value) {
    text.Family(name, type, help);
    for (const ClusterBackends& c : clusters) {
      for (const Limit limit : upstream::kLimits) {
        const Reading now = Read(*c.cluster, limit);
        if (now.unlimited()) continue;
        text.Sample({{"cluster", c.name}, {"limit", upstream::LimitName(limit)}}, value(now));
      }
    }
  };
  family("sluice_upstream_limit_in_use", PrometheusText::Type::kGauge, "Units of a limit in use.",
         [](const Reading& now) { return int64_t{now.in_use}; });
  family("sluice_upstream_limit_remaining", PrometheusText::Type::kGauge,
         "Units of a limit that are left; at 0 more are refused or wait.",
         [](const Reading& now) { return int64_t{now.left()}; });
  family("sluice_upstream_limit_near_total", PrometheusText::Type::kCounter,
         "Times that four fifths of a limit came to be used.",
         [](const Reading& now) { return static_cast<int64_t>(now.times_near); });
}

}  // namespace sluice::admin
