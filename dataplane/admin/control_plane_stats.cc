#include "dataplane/admin/control_plane_stats.h"

#include <fmt/format.h>

#include <string>
#include <variant>

namespace sluice::admin {

namespace {

using stats::PrometheusText;
using xds::DiscoveryStats;
using xds::DiscoveryType;
using xds::TypeStats;

template <typename Owner>
struct Metric {
  std::string_view name;
  std::string_view help;
  std::variant<stats::Counter Owner::*, stats::Gauge Owner::*> cell;

  bool is_gauge() const { return cell.index() == 1; }
  int64_t Of(const Owner& owner) const {
    return std::visit([&](auto member) { return static_cast<int64_t>((owner.*member).value()); },
                      cell);
  }
};

constexpr Metric<DiscoveryStats> kStreamMetrics[] = {
    {"streams", "Attempts to open a stream.", &DiscoveryStats::streams},
    {"requests", "Requests sent.", &DiscoveryStats::requests},
    {"pending_requests_bytes", "Sent and not written to the socket yet.",
     &DiscoveryStats::requests_pending},
    {"unknown_types", "Responses of types we do not know.", &DiscoveryStats::unknown_types},
    {"broken_messages", "No discovery response, or too large.", &DiscoveryStats::broken_messages},
};

constexpr Metric<TypeStats> kTypeMetrics[] = {
    {"update_attempt", "Responses and failed streams.", &TypeStats::update_attempt},
    {"update_success", "Responses that were acknowledged.", &TypeStats::update_success},
    {"update_rejected", "Responses that were refused.", &TypeStats::update_rejected},
    {"update_failure", "Streams that ended.", &TypeStats::update_failure},
    {"update_unasked", "Responses nobody asked for.", &TypeStats::update_unasked},
    {"init_fetch_timeout", "Starts that went on without it.", &TypeStats::init_fetch_timeout},
    {"names_absent", "Asked for and not there in time.", &TypeStats::names_absent},
    {"names_expired", "Removed because their ttl ran out.", &TypeStats::names_expired},
    {"rejection_delayed", "Refusals held back: the server repeats itself.",
     &TypeStats::rejection_delayed},
    {"resources", "Held now.", &TypeStats::resources},
    {"update_time_ms", "Time of the last acknowledgement, since the Unix epoch.",
     &TypeStats::update_time_ms},
};

std::string_view NameOf(DiscoveryType type) {
  switch (type) {
    case DiscoveryType::kCluster: return "cluster";
    case DiscoveryType::kEndpoint: return "endpoint";
    case DiscoveryType::kListener: return "listener";
    case DiscoveryType::kRoute: return "route";
    case DiscoveryType::kCommit: return "commit";
  }
  return "";
}

// `name` lives as long as the samples of the family are written.
template <typename Owner>
void Begin(const Metric<Owner>& metric, std::string& name, PrometheusText& text) {
  name = fmt::format("sluice_control_plane_{}{}", metric.name, metric.is_gauge() ? "" : "_total");
  text.Family(name,
              metric.is_gauge() ? PrometheusText::Type::kGauge : PrometheusText::Type::kCounter,
              metric.help);
}

}  // namespace

void VisitDiscoveryStats(const DiscoveryStats& stats, const stats::StatVisitor& f) {
  for (const auto& metric : kStreamMetrics)
    f(fmt::format("control_plane.{}", metric.name), metric.Of(stats));
  for (const DiscoveryType type : xds::kDiscoveryTypes) {
    for (const auto& metric : kTypeMetrics) {
      f(fmt::format("control_plane.{}.{}", NameOf(type), metric.name), metric.Of(stats.of(type)));
    }
  }
}

void ScrapePrometheus(const DiscoveryStats& stats, PrometheusText& text) {
  std::string name;
  for (const auto& metric : kStreamMetrics) {
    Begin(metric, name, text);
    text.Sample({}, metric.Of(stats));
  }
  for (const auto& metric : kTypeMetrics) {
    Begin(metric, name, text);
    for (const DiscoveryType type : xds::kDiscoveryTypes)
      text.Sample({{"type", NameOf(type)}}, metric.Of(stats.of(type)));
  }
}

}  // namespace sluice::admin
