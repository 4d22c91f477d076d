// How a cluster speaks to its endpoints: HttpProtocolOptions in typed_extension_protocol_options,
// and the older fields of Cluster that mean the same. Pure; any thread.
#pragma once

#include <string>

#include "dataplane/base/clock.h"
#include "dataplane/config/error_list.h"
#include "dataplane/upstream/cluster_spec.h"
#include "envoy/config/cluster/v3/cluster.pb.h"

namespace sluice::config {

// Sets protocol, windows, idle_timeout and max_requests_per_connection of `spec`.
void CompileProtocol(const envoy::config::cluster::v3::Cluster& cluster, const std::string& path,
                     upstream::ClusterSpec& spec, ErrorList& errors);

// Sets `out` if `present`. Errors: negative, over a year.
void CompileClusterDuration(bool present, const google::protobuf::Duration& value,
                            const std::string& path, ErrorList& errors, base::Duration& out);

}  // namespace sluice::config
