#include <fmt/format.h>

#include <iterator>

#include "dataplane/admin/backends.h"
#include "dataplane/admin/pages.h"
#include "dataplane/config/access_log_escape.h"

namespace sluice::admin {

namespace {

Response ReadyResponse(State state) {
  switch (state) {
    case State::kInitializing:
      return {503, "INITIALIZING: not every worker serves a configuration yet\n"};
    case State::kLive:
      return {200, "LIVE\n"};
    case State::kDraining:
      return {503, "DRAINING\n"};
  }
  return {503, ""};
}

// "; 1 failed_active_hc, 2 failed_outlier_check", "" when nothing is wrong with any.
std::string ReasonsText(const ClusterBackends& cluster) {
  std::string text;
  for (const auto& [reason, count] : cluster.by_reason) {
    fmt::format_to(std::back_inserter(text), "{}{} {}", text.empty() ? "; " : ", ", count,
                   upstream::HealthReasonName(reason));
  }
  return text;
}

}  // namespace

// Backends never change the status: one dead backend must not take every gateway out (design 4.5).
Answer ReadyPage(const Sources& sources, base::MonoTime, const Request& request) {
  Response response = ReadyResponse(sources.state ? sources.state() : State::kInitializing);
  if (!request.Parameter("detail") || sources.registry == nullptr) return response;
  return [registry = sources.registry, response = std::move(response)]() mutable {
    for (const ClusterBackends& cluster : ReadBackends(*registry, Detail::kCounts)) {
      std::string name;
      config::AppendTextEscaped(cluster.name, name);
      fmt::format_to(std::back_inserter(response.body), "cluster {}: {} of {} endpoints usable{}\n",
                     name, cluster.usable(), cluster.total(), ReasonsText(cluster));
    }
    return response;
  };
}

Answer HealthzPage(const Sources&, base::MonoTime, const Request&) { return Response{200, "OK\n"}; }

}  // namespace sluice::admin
