// How the path that a service sees is made out of the path of the request. Pure; any thread.
#pragma once

#include <string>
#include <string_view>

#include "controlplane/compile/sections.h"
#include "envoy/config/route/v3/route_components.pb.h"
#include "sluice/v1/route.pb.h"

namespace sluice::compile {

// Sets prefix_rewrite or regex_rewrite of `action` as Route.rewrite says (route.proto), or nothing
// if the path stays. A regex stands where a plain prefix would leave "//" or has no fixed length.
void SetPathRewrite(const sluice::v1::Route& route, const Section& section,
                    envoy::config::route::v3::RouteAction& action);

// `text` as a regex that matches only itself (RE2).
std::string QuoteRegex(std::string_view text);

}  // namespace sluice::compile
