// From RouteMatch to the path rule and the predicates of a route. Pure, build thread.
// Not built yet, and so refused by name: connect_matcher, tls_context, dynamic_metadata.
#pragma once

#include <string>

#include "dataplane/config/error_list.h"
#include "dataplane/route/route.h"
#include "envoy/config/route/v3/route_components.pb.h"

namespace sluice::config {

// Fills route.path and route.predicates; errors go below `path`.
void CompileRouteMatch(const envoy::config::route::v3::RouteMatch& match, const std::string& path,
                       route::Route& route, ErrorList& errors);

}  // namespace sluice::config
