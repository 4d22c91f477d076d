// From envoy.config.cluster.v3.Cluster to a ClusterSpec and the endpoints that the cluster itself
// names. Pure; runs on the build thread, or before the start for a file. All errors at once, each
// with its field path; a field whose function does not exist yet is refused by name.
//
// Static endpoints are a value beside the spec, because they change without it: whoever publishes
// the spec in the upstream::Registry also hands them to SetEndpoints. STRICT_DNS names are in the
// spec and are followed by upstream::DnsClusters; EDS assignments come by themselves.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "dataplane/config/error_list.h"
#include "dataplane/upstream/cluster_spec.h"
#include "envoy/config/cluster/v3/cluster.pb.h"

namespace sluice::config {

struct CompiledCluster {
  std::shared_ptr<const upstream::ClusterSpec> spec;
  upstream::EndpointSet endpoints;  // Discovery::kStatic
};

// nullopt exactly when errors were added. `path` is where `cluster` stands.
std::optional<CompiledCluster> CompileCluster(const envoy::config::cluster::v3::Cluster& cluster,
                                              const std::string& path, ErrorList& errors);

}  // namespace sluice::config
