// Balancing.hash of a Service -> hash_policy of the routes that forward to it: in xDS the route says
// what is hashed. Pure; any thread.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "controlplane/model/config.h"
#include "envoy/config/route/v3/route_components.pb.h"
#include "sluice/v1/route.pb.h"

namespace sluice::compile {

// The Services that hash, by name.
using HashServices = std::map<std::string, model::ObjectPtr>;

// Those of `names` that do. Names without a Service are passed over.
HashServices HashServicesOf(const model::Config& config, const std::vector<std::string>& names);

// The one that says how requests of `route` are hashed; nullptr if they are not. Of several in a split
// the first: validation sees to it that they hash alike.
model::ObjectPtr HashServiceOf(const sluice::v1::Route& route, const HashServices& services);

// Whether both lead to the same policies; either may be nullptr.
bool SameHash(const model::ObjectPtr& a, const model::ObjectPtr& b);

void SetHashPolicy(const sluice::v1::Service& service,
                   envoy::config::route::v3::RouteAction& action);

}  // namespace sluice::compile
