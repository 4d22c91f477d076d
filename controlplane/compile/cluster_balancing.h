// Service.balancing -> the policy of a Cluster. Pure; any thread.
#pragma once

#include "envoy/config/cluster/v3/cluster.pb.h"
#include "sluice/v1/service.pb.h"

namespace sluice::compile {

// What the default of both sides says is left out. The hash goes to routes (hash_policy.h).
void SetBalancing(const sluice::v1::Balancing& balancing,
                  envoy::config::cluster::v3::Cluster& cluster);

}  // namespace sluice::compile
