// How a cluster's endpoints are watched: Cluster.health_checks, Cluster.outlier_detection, and what
// an endpoint says about its own checks. Pure; any thread. Ranges that xDS gives as constraints
// (percents, durations above zero) are api/check's; fields that do not work yet are refused by name.
#pragma once

#include <string>

#include "dataplane/config/error_list.h"
#include "dataplane/upstream/cluster_spec.h"
#include "envoy/config/cluster/v3/cluster.pb.h"
#include "envoy/config/endpoint/v3/endpoint_components.pb.h"

namespace sluice::config {

// Sets `check` and `outlier` of `spec`. At most one health check, as in Envoy.
void CompileHealth(const envoy::config::cluster::v3::Cluster& cluster, const std::string& path,
                   upstream::ClusterSpec& spec, ErrorList& errors);

// `path`: of the Endpoint.
upstream::EndpointCheck CompileEndpointCheck(const envoy::config::endpoint::v3::Endpoint& endpoint,
                                             const std::string& path, ErrorList& errors);

}  // namespace sluice::config
