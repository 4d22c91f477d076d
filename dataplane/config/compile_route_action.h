// From RouteAction, RedirectAction and DirectResponseAction to the action of a route. Pure, build
// thread. A field whose function does not exist yet is refused by its name.
#pragma once

#include <cstdint>
#include <string>

#include "dataplane/config/error_list.h"
#include "dataplane/route/route.h"
#include "envoy/config/route/v3/route_components.pb.h"

namespace sluice::config {

// Errors go below `path`; with errors what is returned must not be used. Whether a cluster exists
// is not asked here.
route::Forward CompileForward(const envoy::config::route::v3::RouteAction& action,
                              const std::string& path, ErrorList& errors);
route::Redirect CompileRedirect(const envoy::config::route::v3::RedirectAction& action,
                                const std::string& path, ErrorList& errors);
// `max_body` bytes: RouteConfiguration.max_direct_response_body_size_bytes.
route::DirectResponse CompileDirectResponse(
    const envoy::config::route::v3::DirectResponseAction& action, uint32_t max_body,
    const std::string& path, ErrorList& errors);

}  // namespace sluice::config
