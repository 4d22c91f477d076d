// All pages of the admin listener, in the order of the index.
#pragma once

#include <span>

#include "dataplane/admin/page.h"

namespace sluice::admin {

std::span<const Page> AllPages();

// Answers any request: the page's answer, 404, or 405 when the page wants the other verb (`allow` is
// then what it wants, else empty).
struct Routed {
  Answer answer;
  std::string_view allow;
};
// `method_text` is the request's method as received.
Routed Route(const Sources& sources, base::MonoTime now, std::string_view method_text, const Request& request);

Answer IndexPage(const Sources& sources, base::MonoTime now, const Request& request);
Answer ReadyPage(const Sources& sources, base::MonoTime now, const Request& request);
Answer HealthzPage(const Sources& sources, base::MonoTime now, const Request& request);
Answer StatsPage(const Sources& sources, base::MonoTime now, const Request& request);
Answer PrometheusPage(const Sources& sources, base::MonoTime now, const Request& request);
Answer ConfigDumpPage(const Sources& sources, base::MonoTime now, const Request& request);
Answer ClustersPage(const Sources& sources, base::MonoTime now, const Request& request);
Answer ListenersPage(const Sources& sources, base::MonoTime now, const Request& request);
Answer CertsPage(const Sources& sources, base::MonoTime now, const Request& request);
Answer DrainListenersPage(const Sources& sources, base::MonoTime now, const Request& request);
Answer LoggingPage(const Sources& sources, base::MonoTime now, const Request& request);
Answer ServerInfoPage(const Sources& sources, base::MonoTime now, const Request& request);

}  // namespace sluice::admin
