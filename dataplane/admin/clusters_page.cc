#include <fmt/format.h>

#include <iterator>

#include "dataplane/admin/backends.h"
#include "dataplane/admin/json.h"
#include "dataplane/admin/pages.h"
#include "dataplane/config/access_log_escape.h"

namespace sluice::admin {

namespace {

std::string Escaped(std::string_view text) {
  std::string out;
  config::AppendTextEscaped(text, out);
  return out;
}

std::string_view EdsHealthName(upstream::HealthReasons reasons) {
  if ((reasons & upstream::kDrainingEds) != 0) return "DRAINING";
  if ((reasons & upstream::kFailedEds) != 0) return "UNHEALTHY";
  return (reasons & upstream::kDegradedEds) != 0 ? "DEGRADED" : "HEALTHY";
}

// "health_status" as Envoy's admin.v3.HostHealthStatus: reasons that hold, then the assigned one.
void AppendHealthJson(upstream::HealthReasons reasons, std::string& body) {
  body += "{";
  for (upstream::HealthReasons left = reasons & ~upstream::kEdsReasons; left != 0;
       left &= left - 1) {
    fmt::format_to(std::back_inserter(body), "\"{}\":true,",
                   HealthReasonName(static_cast<upstream::HealthReason>(left & -left)));
  }
  fmt::format_to(std::back_inserter(body), "\"eds_health_status\":\"{}\"}}",
                 EdsHealthName(reasons));
}

// One fact a line, its parts between "::", as operators grep it in Envoy.
void AppendText(const ClusterBackends& c, std::string& body) {
  auto out = std::back_inserter(body);
  const std::string name = Escaped(c.name);
  const upstream::ClusterSpec& spec = c.cluster->spec();
  const auto limit = [&](std::string_view field, uint32_t value) {
    if (value == upstream::BreakerLimits::kUnlimited) {
      fmt::format_to(out, "{}::default_priority::{}::unlimited\n", name, field);
    } else {
      fmt::format_to(out, "{}::default_priority::{}::{}\n", name, field, value);
    }
  };
  limit("max_connections", spec.breaker.max_connections);
  limit("max_pending_requests", spec.breaker.max_pending_requests);
  limit("max_requests", spec.breaker.max_requests);
  limit("max_retries", spec.breaker.max_retries);
  VisitPoolStats(*c.cluster, [&](std::string_view stat, int64_t value) {
    fmt::format_to(out, "{}::{}::{}\n", name, stat, value);
  });
  for (const EndpointLine& e : c.endpoints) {
    const std::string at = fmt::format("{}::{}", name, e.address.ToString());
    fmt::format_to(out, "{}::health_flags::{}\n", at, upstream::HealthFlags(e.reasons));
    fmt::format_to(out, "{}::weight::{}\n", at, e.weight);
    fmt::format_to(out, "{}::priority::{}\n", at, e.priority);
    fmt::format_to(out, "{}::hostname::{}\n", at, Escaped(e.hostname));
  }
}

void AppendJson(const EndpointLine& e, std::string& body) {
  char ip[46];
  fmt::format_to(std::back_inserter(body),
                 "{{\"address\":{{\"socket_address\":{{\"address\":{},\"port_value\":{}}}}},"
                 "\"hostname\":{},\"weight\":{},\"priority\":{},"
                 "\"health_status\":",
                 JsonString(e.address.IpText(ip)), e.address.port(), JsonString(e.hostname),
                 e.weight, e.priority);
  AppendHealthJson(e.reasons, body);
  body += '}';
}

void AppendJson(const ClusterBackends& c, std::string& body) {
  body += "{\"name\":" + JsonString(c.name) + ",\"stats\":{";
  VisitPoolStats(*c.cluster, [&](std::string_view stat, int64_t value) {
    if (body.back() != '{') body += ',';
    fmt::format_to(std::back_inserter(body), "\"{}\":{}", stat, value);
  });
  body += "},\"host_statuses\":[";
  for (size_t i = 0; i < c.endpoints.size(); ++i) {
    if (i > 0) body += ',';
    AppendJson(c.endpoints[i], body);
  }
  body += "]}";
}

Response ClustersJson(const std::vector<ClusterBackends>& clusters) {
  std::string body = "{\"cluster_statuses\":[";
  for (size_t i = 0; i < clusters.size(); ++i) {
    if (i > 0) body += ',';
    AppendJson(clusters[i], body);
  }
  return JsonResponse(body + "]}\n");
}

}  // namespace

Answer ClustersPage(const Sources& sources, base::MonoTime, const Request& request) {
  if (sources.registry == nullptr) return Response{503, "no clusters in this process\n"};
  const bool json = request.Parameter("format") == "json";
  return [registry = sources.registry, json] {
    const std::vector<ClusterBackends> clusters = ReadBackends(*registry, Detail::kEndpoints);
    if (json) return ClustersJson(clusters);
    Response response;
    for (const ClusterBackends& c : clusters) AppendText(c, response.body);
    return response;
  };
}

}  // namespace sluice::admin
