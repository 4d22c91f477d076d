// Route.match -> RouteMatch: paths are put behind base path and version, templates become regexes
// over the whole path, methods a condition on ":method". Pure; any thread.
#pragma once

#include <string>
#include <vector>

#include "controlplane/compile/sections.h"
#include "envoy/config/route/v3/route_components.pb.h"
#include "sluice/v1/route.pb.h"

namespace sluice::compile {

// One match, but two where the base path itself is meant: with and without '/' at its end.
std::vector<envoy::config::route::v3::RouteMatch> CompileMatch(const sluice::v1::RouteMatch& match,
                                                               const Section& section);

// Everything below `prefix` (normal form), in the section's version.
envoy::config::route::v3::RouteMatch MatchBelow(const std::string& prefix, const Section& section);

}  // namespace sluice::compile
