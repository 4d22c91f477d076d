// From envoy.config.route.v3.RouteConfiguration to the router. Pure; build thread, or before the
// start for a file. All errors at once, each with its field path, as in
// "virtual_hosts[2].routes[0].match.safe_regex.regex: ..."; a field whose function does not exist
// yet is refused by its name.
#pragma once

#include <memory>
#include <string>

#include "dataplane/config/error_list.h"
#include "dataplane/route/table.h"
#include "envoy/config/route/v3/route.pb.h"

namespace sluice::config {

// Part of a listener, or a resource of its own: where validate_clusters is absent, the clusters of
// a static configuration must exist, those of a discovered one may come later (xDS says so).
enum class RouteSource { kStatic, kDiscovered };

// nullptr exactly when errors were added. `path` is where `config` stands; "" for a resource.
// Whether the clusters exist is for the caller to say: Table::clusters() names them, and
// options().validate_clusters tells whether one that is missing is an error.
std::shared_ptr<const route::Table> CompileRoutes(
    const envoy::config::route::v3::RouteConfiguration& config, const std::string& path,
    ErrorList& errors, RouteSource source = RouteSource::kStatic);

}  // namespace sluice::config
