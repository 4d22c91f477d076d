// From envoy.config.listener.v3.Listener to a ListenerSpec, and from HttpConnectionManager to an
// HttpConfig. Pure but for the statistics blocks it asks for; runs on the build thread, or before
// the start for a file. All errors at once, each with its field path; a field whose function does
// not exist yet is refused by name.
#pragma once

#include <memory>
#include <string>

#include "dataplane/config/error_list.h"
#include "dataplane/config/snapshot.h"
#include "dataplane/stats/http_stats_registry.h"
#include "envoy/config/listener/v3/listener.pb.h"
#include "envoy/extensions/filters/network/http_connection_manager/v3/http_connection_manager.pb.h"

namespace sluice::config {

// nullptr exactly when errors were added. `path` is where `listener` stands.
std::shared_ptr<const ListenerSpec> CompileListener(const envoy::config::listener::v3::Listener& listener,
                                                    const std::string& path,
                                                    stats::HttpStatsRegistry& stats,
                                                    ErrorList& errors);

// Same contract.
std::shared_ptr<const HttpConfig> CompileHttp(
    const envoy::extensions::filters::network::http_connection_manager::v3::HttpConnectionManager& hcm,
    const std::string& path, stats::HttpStatsRegistry& stats, ErrorList& errors);

}  // namespace sluice::config
