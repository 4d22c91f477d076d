// The rate budget of retries of a cluster: Cluster.metadata.typed_filter_metadata
// ["sluice.retry_budget"], a sluice.xds.v1.RetryBudget. Pure, build thread.
#pragma once

#include <string>

#include "dataplane/config/error_list.h"
#include "dataplane/upstream/cluster_spec.h"
#include "envoy/config/cluster/v3/cluster.pb.h"

namespace sluice::config {

// The defaults when the cluster has none. `path` is the cluster's.
upstream::RetryRate CompileRetryBudget(const envoy::config::cluster::v3::Cluster& cluster,
                                       const std::string& path, ErrorList& errors);

}  // namespace sluice::config
