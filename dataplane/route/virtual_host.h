// The routes of a set of domains, compiled for look-up (xDS: config.route.v3.VirtualHost).
//
// Immutable, shared by all workers, and by successive Tables while its configuration stays the
// same.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "dataplane/http/head.h"
#include "dataplane/route/path_index.h"
#include "dataplane/route/route.h"

namespace sluice::route {

// xDS: VirtualHost.TlsRequirementType. kExternal lets internal requests (x-envoy-internal: true,
// set by the connection manager) pass in plain text.
enum class TlsRequirement : uint8_t { kNone, kExternal, kAll };

class VirtualHost final {
 public:
  // Gives each route its order. `domains`: lower case; "*", "*.suffix", "prefix*" or exact.
  VirtualHost(std::string name, std::vector<std::string> domains, TlsRequirement tls,
              std::vector<Route> routes);
  VirtualHost(const VirtualHost&) = delete;
  VirtualHost& operator=(const VirtualHost&) = delete;

  // For statistics and messages; plays no part in matching.
  const std::string& name() const { return name_; }
  const std::vector<std::string>& domains() const { return domains_; }
  // In configuration order; addresses stay for the life of the host.
  const std::vector<Route>& routes() const { return routes_; }
  TlsRequirement tls() const { return tls_; }

  // The first route in order whose path rule takes `path` and whose predicates hold; null if none.
  // `path` is head.path, or what the Table makes of it. CONNECT and an empty path match nothing.
  const Route* Find(std::string_view path, const http::Head& head, uint64_t random) const;
  // 301 to https; taken in place of any route where tls() asks for it.
  const Route& tls_redirect() const { return tls_redirect_; }

 private:
  const std::string name_;
  const std::vector<std::string> domains_;
  const TlsRequirement tls_;
  const std::vector<Route> routes_;  // before index_, which points into it
  const PathIndex index_;
  const Route tls_redirect_;
};

}  // namespace sluice::route
