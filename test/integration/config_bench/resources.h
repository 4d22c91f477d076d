// The xDS resources of the measurements, from the few numbers that matter in each.
#pragma once

#include <cstdint>
#include <functional>
#include <string>

#include "envoy/config/cluster/v3/cluster.pb.h"
#include "envoy/config/endpoint/v3/endpoint.pb.h"
#include "envoy/config/listener/v3/listener.pb.h"
#include "envoy/config/route/v3/route.pb.h"

namespace sluice::configbench {

using Assignment = envoy::config::endpoint::v3::ClusterLoadAssignment;
using RouteConfiguration = envoy::config::route::v3::RouteConfiguration;

// A round robin cluster of type EDS.
envoy::config::cluster::v3::Cluster EdsCluster(const std::string& name);
// "l" on a free port of 127.0.0.1, its routes by RDS under `routes`.
envoy::config::listener::v3::Listener RdsListener(const std::string& routes);

// `count` endpoints, each with an address of its own in 127.0.0.0/8, all with `port`.
Assignment EndpointsOf(const std::string& cluster, int count, uint16_t port);
// Gives endpoint `change` the address that no endpoint had before.
void ReplaceEndpoint(Assignment& assignment, int change);

// A configuration with one virtual host and no route.
RouteConfiguration NoRoutes(const std::string& name);
// Adds a route of a path prefix to a cluster; its responses get the header `rev: REV`.
void AddRoute(RouteConfiguration& configuration, const std::string& prefix,
              const std::string& cluster, int64_t rev);
// Changes route `index` to these.
void ChangeRoute(RouteConfiguration& configuration, int index, const std::string& cluster,
                 int64_t rev);
// The prefix of one route among many.
std::string NumberedPath(int i);

}  // namespace sluice::configbench
