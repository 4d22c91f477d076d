// The checks of whole resources, as both planes call them: before a resource is stored, sent or
// compiled. After an error nothing may be compiled from it. Thread: any.
//
// `path`: where the resource stands in what the author wrote; "" for a resource of its own. What is
// checked is listed in check_message.h and cross_rules.h. All but the bootstrap are taken as sent
// by xDS, so they need a name.
#pragma once

#include <string_view>

#include "api/check/field_error.h"
#include "envoy/config/bootstrap/v3/bootstrap.pb.h"
#include "envoy/config/cluster/v3/cluster.pb.h"
#include "envoy/config/endpoint/v3/endpoint.pb.h"
#include "envoy/config/listener/v3/listener.pb.h"
#include "envoy/config/route/v3/route.pb.h"

namespace sluice::api {

// `errors` may hold those met while the bootstrap was read, in part; then what follows from them is
// left out.
void CheckBootstrap(const envoy::config::bootstrap::v3::Bootstrap& bootstrap, ErrorList& errors);
void CheckListener(const envoy::config::listener::v3::Listener& listener, ErrorList& errors,
                   std::string_view path = "");
void CheckCluster(const envoy::config::cluster::v3::Cluster& cluster, ErrorList& errors,
                  std::string_view path = "");
void CheckRouteConfiguration(const envoy::config::route::v3::RouteConfiguration& routes,
                             ErrorList& errors, std::string_view path = "");
// As sent by EDS; inside a Cluster use CheckCluster, where names may be allowed.
void CheckClusterLoadAssignment(
    const envoy::config::endpoint::v3::ClusterLoadAssignment& assignment, ErrorList& errors,
    std::string_view path = "");

}  // namespace sluice::api
