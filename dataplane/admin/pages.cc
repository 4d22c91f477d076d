#include "dataplane/admin/pages.h"

#include <fmt/format.h>

#include <iterator>

namespace sluice::admin {

std::span<const Page> AllPages() {
  static constexpr Page kPages[] = {
      {"/", Verb::kGet, "this list", IndexPage},
      {"/ready", Verb::kGet,
       "200 once configured and bound, 503 before and while draining; ?detail adds backends",
       ReadyPage},
      {"/healthz", Verb::kGet, "200 while the process answers", HealthzPage},
      {"/stats", Verb::kGet, "counters and gauges; ?format=prometheus, ?format=json", StatsPage},
      {"/stats/prometheus", Verb::kGet, "the same for Prometheus", PrometheusPage},
      {"/config_dump", Verb::kGet, "bootstrap and served resources, secrets left out", ConfigDumpPage},
      {"/clusters", Verb::kGet, "clusters and endpoints; ?format=json", ClustersPage},
      {"/listeners", Verb::kGet, "listeners and their addresses; ?format=json", ListenersPage},
      {"/certs", Verb::kGet, "certificates in use", CertsPage},
      {"/server_info", Verb::kGet, "version, state, uptime, revision, control plane", ServerInfoPage},
      {"/drain_listeners", Verb::kPost, "stop accepting, end connections after their response",
       DrainListenersPage},
      {"/logging", Verb::kPost, "?level=debug|info|warn|error|off", LoggingPage},
  };
  return kPages;
}

Routed Route(const Sources& sources, base::MonoTime now, std::string_view method_text,
             const Request& request) {
  const bool reads = method_text == "GET" || method_text == "HEAD";
  for (const Page& page : AllPages()) {
    if (page.path != request.path) continue;
    const bool fits = page.verb == Verb::kGet ? reads : method_text == "POST";
    if (fits) return {page.answer(sources, now, request), {}};
    const std::string_view allow = page.verb == Verb::kGet ? "GET, HEAD" : "POST";
    return {Response{405, fmt::format("this page takes {}\n", allow)}, allow};
  }
  return {Response{404, "no such page, / has a list\n"}, {}};
}

Answer IndexPage(const Sources&, base::MonoTime, const Request&) {
  Response response;
  for (const Page& page : AllPages()) {
    fmt::format_to(std::back_inserter(response.body), "{:4} {:18} {}\n",
                   page.verb == Verb::kGet ? "GET" : "POST", page.path, page.help);
  }
  return response;
}

}  // namespace sluice::admin
