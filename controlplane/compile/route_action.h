// What becomes of a request: the action of a Route and its header changes. Pure; any thread.
#pragma once

#include <cstdint>
#include <string>

#include "controlplane/compile/sections.h"
#include "envoy/config/route/v3/route_components.pb.h"
#include "sluice/v1/route.pb.h"

namespace sluice::compile {

// Sets action and header changes of `out`, with a Deprecation field (RFC 9745) where the section is
// of a deprecated version.
void SetAction(const sluice::v1::Route& route, const Section& section,
               envoy::config::route::v3::Route& out);

// Sets a direct response with a text/plain body.
void SetReply(uint32_t status, const std::string& body, envoy::config::route::v3::Route& out);

}  // namespace sluice::compile
