#include "dataplane/route/virtual_host.h"

#include <utility>

namespace sluice::route {
namespace {

std::vector<Route> Numbered(std::vector<Route> routes) {
  for (uint32_t order = 0; order < routes.size(); ++order) routes[order].order = order;
  return routes;
}

Route TlsRedirect() {
  Route route;
  route.name = "require_tls";
  Redirect redirect;
  redirect.scheme = "https";
  route.action = std::move(redirect);
  return route;
}

}  // namespace

VirtualHost::VirtualHost(std::string name, std::vector<std::string> domains, TlsRequirement tls,
                         std::vector<Route> routes)
    : name_(std::move(name)),
      domains_(std::move(domains)),
      tls_(tls),
      routes_(Numbered(std::move(routes))),
      index_(routes_),
      tls_redirect_(TlsRedirect()) {}

const Route* VirtualHost::Find(std::string_view path, const http::Head& head,
                               uint64_t random) const {
  if (path.empty() || head.method == http::Method::kConnect) return nullptr;
  return index_.Find(path, head, random);
}

}  // namespace sluice::route
