// From a Cluster's balancing settings to balance::Balancing: lb_policy with its lb_config and
// common_lb_config, or the extensions of load_balancing_policy, which win over lb_policy. Pure; any
// thread. All errors at once, each with its field path.
//
// Of the extensions the first one in the list that is known here counts, as in Envoy: round_robin,
// least_request, random, ring_hash, maglev, and wrr_locality around one of them. Zone aware routing,
// subsets, hash_balance_factor and FULL_SCAN are refused by name. Runtime keys name overrides; there is
// no runtime layer, so the default value holds.
#pragma once

#include <string>

#include "dataplane/balance/balancing.h"
#include "dataplane/config/error_list.h"
#include "envoy/config/cluster/v3/cluster.pb.h"
#include "envoy/config/endpoint/v3/endpoint.pb.h"

namespace sluice::config {

// `path`: of the cluster. After errors the result must not be used.
balance::Balancing CompileBalancing(const envoy::config::cluster::v3::Cluster& cluster,
                                    const std::string& path, ErrorList& errors);

// The policy of an assignment at `path`.
balance::Provisioning CompileProvisioning(
    const envoy::config::endpoint::v3::ClusterLoadAssignment::Policy& policy,
    const std::string& path, ErrorList& errors);

}  // namespace sluice::config
