// Listeners and connection managers as protobuf text, for tests.
#pragma once

#include <memory>
#include <string>

#include "dataplane/config/compile_listeners.h"
#include "test/dataplane/config/route_text.h"

namespace sluice::config {

inline constexpr const char* kRouter =
    "http_filters { name: 'router' typed_config { "
    "[type.googleapis.com/envoy.extensions.filters.http.router.v3.Router] {} } } ";
inline constexpr const char* kRoutes =
    "route_config { virtual_hosts { name: 'a' domains: '*' routes { match { prefix: '/' } "
    "direct_response { status: 200 } } } } ";

// A connection manager with a router and one route, and `more`.
inline std::string HttpText(const std::string& more) {
  return std::string("stat_prefix: 'web' ") + kRouter + kRoutes + more;
}

// A listener on 127.0.0.1:8080 with such a connection manager, and `more`.
inline std::string ListenerText(const std::string& more) {
  return "name: 'web' address { socket_address { address: '127.0.0.1' port_value: 8080 } } "
         "filter_chains { filters { name: 'hcm' typed_config { "
         "[type.googleapis.com/envoy.extensions.filters.network.http_connection_manager.v3."
         "HttpConnectionManager] { " + HttpText("") + " } } } } " + more;
}

inline std::shared_ptr<const ListenerSpec> MustCompileListener(const std::string& text) {
  stats::HttpStatsRegistry stats(1);
  ErrorList errors;
  auto spec = CompileListener(FromText<envoy::config::listener::v3::Listener>(text), "", stats, errors);
  EXPECT_EQ(Lines(errors), std::vector<std::string>());
  return spec;
}

}  // namespace sluice::config
