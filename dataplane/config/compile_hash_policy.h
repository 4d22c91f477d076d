// From RouteAction.hash_policy to the router's rules. Pure, build thread. Errors are added with their
// field path; what is returned then must not be used. filter_state is refused by name.
#pragma once

#include <string>

#include "dataplane/config/error_list.h"
#include "dataplane/route/hash_policy.h"
#include "envoy/config/route/v3/route_components.pb.h"

namespace sluice::config {

// `path`: of the action.
route::HashPolicy CompileHashPolicy(const envoy::config::route::v3::RouteAction& action,
                                    const std::string& path, ErrorList& errors);

}  // namespace sluice::config
