// From envoy.config.endpoint.v3.ClusterLoadAssignment to endpoints or names. Pure; any thread.
//
// Each entry of `endpoints` is a locality of its own. Of two equal addresses the first counts
// (upstream::EndpointTable sees to that). Fields that do not work yet are refused by name.
#pragma once

#include <string>

#include "dataplane/config/error_list.h"
#include "dataplane/upstream/cluster_spec.h"
#include "envoy/config/endpoint/v3/endpoint.pb.h"

namespace sluice::config {

// Every address must be an IP. What is right is returned even if something else was wrong.
upstream::EndpointSet CompileAssignment(
    const envoy::config::endpoint::v3::ClusterLoadAssignment& assignment, const std::string& path,
    ErrorList& errors);

// Addresses are names, or IPs: fills the dns_* members of `spec`.
void CompileDnsTargets(const envoy::config::endpoint::v3::ClusterLoadAssignment& assignment,
                       const std::string& path, upstream::ClusterSpec& spec, ErrorList& errors);

}  // namespace sluice::config
