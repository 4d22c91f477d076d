// From envoy.config.listener.v3.Listener to a ListenerSpec, and from HttpConnectionManager to an
// HttpConfig. Pure but for the statistics blocks it asks for; runs on the build thread, or before
// the start for a file. All errors at once, each with its field path; a field whose function does
// not exist yet is refused by name.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "dataplane/config/error_list.h"
#include "dataplane/config/snapshot.h"
#include "dataplane/stats/http_stats_registry.h"
#include "envoy/config/listener/v3/listener.pb.h"
#include "envoy/extensions/filters/network/http_connection_manager/v3/http_connection_manager.pb.h"

namespace sluice::config {

// The route configurations that connection managers name in `rds`, and which of them were used.
struct RouteLookup {
  struct Use {
    std::string name;
    std::string field_path;                     // of the name
    std::shared_ptr<const route::Table> table;  // nullptr: there was none
  };
  // Remembers the use. nullptr if there is none of that name: an empty table, which answers 404,
  // stands in then, and the caller decides by `uses` whether that may be served.
  std::shared_ptr<const route::Table> Find(const std::string& name, std::string field_path) {
    uses.push_back({name, std::move(field_path), find(name)});
    return uses.back().table;
  }

  std::function<std::shared_ptr<const route::Table>(const std::string&)> find;
  std::vector<Use> uses;
};

// nullptr exactly when errors were added. `path` is where `listener` stands. Without `rds` routes
// must be inline.
std::shared_ptr<const ListenerSpec> CompileListener(const envoy::config::listener::v3::Listener& listener,
                                                    const std::string& path,
                                                    stats::HttpStatsRegistry& stats,
                                                    ErrorList& errors, RouteLookup* rds = nullptr);

// Same contract.
std::shared_ptr<const HttpConfig> CompileHttp(
    const envoy::extensions::filters::network::http_connection_manager::v3::HttpConnectionManager& hcm,
    const std::string& path, stats::HttpStatsRegistry& stats, ErrorList& errors,
    RouteLookup* rds = nullptr);

}  // namespace sluice::config
