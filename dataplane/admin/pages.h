// All pages of the admin listener: the table that the index shows, the choice of a page for a
// request, and the pages themselves, one file each.
//
// Thread: main, but for work that an Answer holds (page.h). Every page takes the same three things
// and keeps nothing, so a page is added by one file, one line here and one in the table.
#pragma once

#include <span>

#include "dataplane/admin/page.h"

namespace sluice::admin {

// In the order of the index.
std::span<const Page> AllPages();

// Answers any request: the page's answer, 404, or 405 when the page wants the other verb (`allow`
// is then what it wants, else empty).
struct Routed {
  Answer answer;
  std::string_view allow;
};
// `method_text` is the request's method as received.
Routed Route(const Sources& sources, base::MonoTime now, std::string_view method_text,
             const Request& request);

// GET /: the table.
Answer IndexPage(const Sources& sources, base::MonoTime now, const Request& request);
// GET /ready and /healthz, for load balancers and for whoever restarts dead processes.
Answer ReadyPage(const Sources& sources, base::MonoTime now, const Request& request);
Answer HealthzPage(const Sources& sources, base::MonoTime now, const Request& request);
// GET /stats, /stats/prometheus.
Answer StatsPage(const Sources& sources, base::MonoTime now, const Request& request);
Answer PrometheusPage(const Sources& sources, base::MonoTime now, const Request& request);
// GET: what runs here.
Answer ConfigDumpPage(const Sources& sources, base::MonoTime now, const Request& request);
Answer ClustersPage(const Sources& sources, base::MonoTime now, const Request& request);
Answer ListenersPage(const Sources& sources, base::MonoTime now, const Request& request);
Answer CertsPage(const Sources& sources, base::MonoTime now, const Request& request);
Answer ServerInfoPage(const Sources& sources, base::MonoTime now, const Request& request);
// POST: changes.
Answer DrainListenersPage(const Sources& sources, base::MonoTime now, const Request& request);
Answer LoggingPage(const Sources& sources, base::MonoTime now, const Request& request);

}  // namespace sluice::admin
