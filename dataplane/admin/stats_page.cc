#include <fmt/format.h>

#include <iterator>

#include "dataplane/admin/backends.h"
#include "dataplane/admin/breaker_stats.h"
#include "dataplane/admin/control_plane_stats.h"
#include "dataplane/admin/json.h"
#include "dataplane/admin/pages.h"
#include "dataplane/config/access_log_escape.h"
#include "dataplane/event/loop.h"
#include "dataplane/http/codec.h"
#include "dataplane/stats/scrape.h"

namespace sluice::admin {

namespace {

using stats::PrometheusText;

// What main knows and the config thread may not ask for.
struct Facts {
  bool live = false;
  base::Duration uptime{};
  uint64_t revision = 0;
  std::optional<bool> connected;  // to the control plane; nullopt: there is none
  const xds::DiscoveryStats* discovery = nullptr;
};

Facts FactsOf(const Sources& sources, base::MonoTime now) {
  const Configuration configuration =
      sources.configuration ? sources.configuration() : Configuration();
  Facts facts{.live = sources.state && sources.state() == State::kLive,
              .uptime = now - sources.started,
              .revision = 0,
              .connected = {},
              .discovery = configuration.discovery};
  if (configuration.served != nullptr) facts.revision = configuration.served->revision;
  if (configuration.control_plane) facts.connected = configuration.control_plane->connected;
  return facts;
}

int64_t Microseconds(base::Duration duration) {
  return std::chrono::duration_cast<std::chrono::microseconds>(duration).count();
}

int64_t Seconds(base::Duration duration) {
  return std::chrono::duration_cast<std::chrono::seconds>(duration).count();
}

std::string_view RefusalName(size_t i) {
  return http::StreamErrorName(static_cast<http::StreamError>(i));
}

void VisitAll(const Sources& sources, const Facts& facts, const stats::StatVisitor& f) {
  f("server.live", facts.live ? 1 : 0);
  f("server.uptime_seconds", Seconds(facts.uptime));
  f("server.workers", sources.workers);
  f("config.revision", static_cast<int64_t>(facts.revision));
  if (facts.connected) f("control_plane.connected_state", *facts.connected ? 1 : 0);
  if (facts.discovery != nullptr) VisitDiscoveryStats(*facts.discovery, f);
  for (const MeasuredLoop& one : sources.loops) {
    f(fmt::format("loop.{}.longest_turn_us", one.name), Microseconds(one.loop->longest_turn()));
  }
  if (sources.http_stats != nullptr) stats::VisitStats(*sources.http_stats, RefusalName, f);
  if (sources.log_stats != nullptr) stats::VisitStats(*sources.log_stats, f);
  if (sources.registry == nullptr) return;
  for (const ClusterBackends& c : ReadBackends(*sources.registry, Detail::kCounts)) {
    f(fmt::format("cluster.{}.membership_total", c.name), static_cast<int64_t>(c.total()));
    f(fmt::format("cluster.{}.membership_healthy", c.name), static_cast<int64_t>(c.by_health[0]));
    f(fmt::format("cluster.{}.membership_degraded", c.name), static_cast<int64_t>(c.by_health[1]));
    const auto of_cluster = [&](std::string_view name, int64_t value) {
      f(fmt::format("cluster.{}.{}", c.name, name), value);
    };
    VisitPoolStats(*c.cluster, of_cluster);
    VisitBreakerStats(*c.cluster, of_cluster);
    VisitHealthStats(*c.cluster, of_cluster);
  }
}

Response TextStats(const Sources& sources, const Facts& facts) {
  Response response;
  VisitAll(sources, facts, [&](std::string_view name, int64_t value) {
    config::AppendTextEscaped(name, response.body);
    fmt::format_to(std::back_inserter(response.body), ": {}\n", value);
  });
  return response;
}

Response JsonStats(const Sources& sources, const Facts& facts) {
  std::string body = "{\"stats\":[";
  VisitAll(sources, facts, [&](std::string_view name, int64_t value) {
    if (body.back() != '[') body += ',';
    fmt::format_to(std::back_inserter(body), "{{\"name\":{},\"value\":{}}}", JsonString(name),
                   value);
  });
  return JsonResponse(body + "]}\n");
}

Response PrometheusStats(const Sources& sources, const Facts& facts) {
  Response response;
  response.content_type = stats::kPrometheusType;
  PrometheusText text(response.body);
  text.Family("sluice_server_live", PrometheusText::Type::kGauge, "1 while /ready says so.");
  text.Sample({}, int64_t{facts.live});
  text.Family("sluice_server_uptime_seconds", PrometheusText::Type::kGauge,
              "Since the process started.");
  text.Sample({}, Seconds(facts.uptime));
  text.Family("sluice_server_info", PrometheusText::Type::kGauge,
              "Always 1; the version is a label.");
  text.Sample({{"version", sources.version}}, uint64_t{1});
  text.Family("sluice_config_revision", PrometheusText::Type::kGauge,
              "The revision that is served; 0: none, or of a server that has no revisions.");
  text.Sample({}, facts.revision);
  if (facts.connected) {
    text.Family("sluice_control_plane_connected", PrometheusText::Type::kGauge,
                "1 while the control plane answers.");
    text.Sample({}, int64_t{*facts.connected});
  }
  if (facts.discovery != nullptr) ScrapePrometheus(*facts.discovery, text);
  if (!sources.loops.empty()) {
    text.Family("sluice_loop_longest_turn_us", PrometheusText::Type::kGauge,
                "CPU time of the longest turn of a loop.");
  }
  for (const MeasuredLoop& one : sources.loops) {
    text.Sample({{"loop", one.name}}, Microseconds(one.loop->longest_turn()));
  }
  if (sources.http_stats != nullptr)
    stats::ScrapePrometheus(*sources.http_stats, RefusalName, text);
  if (sources.log_stats != nullptr) stats::ScrapePrometheus(*sources.log_stats, text);
  if (sources.registry != nullptr) {
    const std::vector<ClusterBackends> clusters = ReadBackends(*sources.registry, Detail::kCounts);
    ScrapePrometheus(clusters, text);
    ScrapeBreakers(clusters, text);
  }
  return response;
}

}  // namespace

Answer StatsPage(const Sources& sources, base::MonoTime now, const Request& request) {
  const std::string_view format = request.Parameter("format").value_or("");
  if (format == "prometheus") return PrometheusPage(sources, now, request);
  const Facts facts = FactsOf(sources, now);
  if (format == "json") return [&sources, facts] { return JsonStats(sources, facts); };
  return [&sources, facts] { return TextStats(sources, facts); };
}

Answer PrometheusPage(const Sources& sources, base::MonoTime now, const Request&) {
  return [&sources, facts = FactsOf(sources, now)] { return PrometheusStats(sources, facts); };
}

}  // namespace sluice::admin
