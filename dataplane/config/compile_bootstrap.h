// A whole static configuration: from Bootstrap.static_resources to one Snapshot.
//
// Thread: config (or main before other threads run). Clusters are prepared in the registry, which
// keeps their state by name; nothing is published to workers here.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "dataplane/config/compile_clusters.h"
#include "dataplane/config/error_list.h"
#include "dataplane/config/snapshot.h"
#include "dataplane/stats/http_stats_registry.h"
#include "dataplane/upstream/registry.h"
#include "envoy/config/bootstrap/v3/bootstrap.pb.h"

namespace sluice::config {

// nullptr exactly when errors were added.
std::shared_ptr<const Snapshot> CompileBootstrap(const envoy::config::bootstrap::v3::Bootstrap& bootstrap,
                                                 stats::HttpStatsRegistry& stats,
                                                 upstream::Registry& registry, ErrorList& errors);

// Where the admin pages are served; AF_UNSPEC when there is no admin section.
net::Address AdminAddress(const envoy::config::bootstrap::v3::Bootstrap& bootstrap, ErrorList& errors);

}  // namespace sluice::config
