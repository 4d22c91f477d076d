// Service.limits -> the circuit breakers of a Cluster, and the rate of retries, which xDS has no field
// for. Pure; any thread.
#pragma once

#include "controlplane/compile/resource.h"
#include "envoy/config/cluster/v3/cluster.pb.h"
#include "sluice/v1/service.pb.h"

namespace sluice::compile {

// `client`: the rate travels as sluice.xds.v1.RetryBudget in the metadata, only to those that commit
//; others never see a type of ours.
void SetLimits(const sluice::v1::ServiceLimits& limits, ClientClass client,
               envoy::config::cluster::v3::Cluster& cluster);

}  // namespace sluice::compile
