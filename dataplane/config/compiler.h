// From resources to a Draft: the whole dynamic configuration, compiled beside what the bootstrap
// holds.
//
// Owner: main/live_config or main/judge; outlives nothing. Thread: one at a time, the build thread
// once the process runs (a compile of ten thousand routes takes tens of milliseconds). Borrows the
// bootstrap and the statistics, which outlive it.
// State: what was compiled last, by name and content, to share it with the next draft; no state of
// what is served, so a revision that is compiled and never served leaves no trace but that. A
// restart begins with an empty memory.
#pragma once

#include <memory>
#include <set>
#include <string>
#include <vector>

#include "dataplane/config/compile_listeners.h"
#include "dataplane/config/draft.h"
#include "dataplane/config/error_list.h"
#include "dataplane/config/problems.h"
#include "dataplane/config/reuse.h"
#include "dataplane/stats/http_stats_registry.h"
#include "envoy/config/bootstrap/v3/bootstrap.pb.h"

namespace sluice::config {

class CompileRound;

class Compiler final {
 public:
  enum class Mode {
    kWhole,     // a committing stream, the state directory: all is good or nothing is made
    kKeepGood,  // a standard server (xds.md R30): bad ones are named, their held copy stays
  };
  struct Order {
    ResourceSet wanted;
    Mode mode = Mode::kWhole;
    uint64_t revision = 0;
    // kKeepGood only, all three. What bad or waiting ones fall back on; may be nullptr.
    std::shared_ptr<const Draft> held;
    // Listeners whose wanted copy could not be bound: the held one stays. Named by the caller.
    std::set<std::string> unbound = {};
    // Route configurations that were waited for long enough (R55): their listeners serve 404.
    std::set<std::string> given_up = {};
  };
  struct Result {
    std::shared_ptr<const Draft> draft;  // nullptr: refused; never with kKeepGood
    Problems problems;
  };

  Compiler(const envoy::config::bootstrap::v3::Bootstrap& bootstrap,
           stats::HttpStatsRegistry& stats);

  // Once, before everything else: what the bootstrap itself holds. Errors with paths from its root;
  // nullptr exactly when there are some. Listeners may wait for `rds`.
  std::shared_ptr<const Draft> CompileStatics(ErrorList& errors);

  Result Compile(const Order& order);

 private:
  friend class CompileRound;
  struct StaticListener {
    const envoy::config::listener::v3::Listener* message;
    std::string path;
  };
  // A listener and the discovered route tables it was compiled with.
  struct CompiledListener {
    std::shared_ptr<const ListenerSpec> spec;
    std::vector<RouteLookup::Use> uses;
  };

  const envoy::config::bootstrap::v3::Bootstrap& bootstrap_;
  stats::HttpStatsRegistry& stats_;
  Draft::Clusters static_clusters_;
  std::vector<StaticListener> static_listeners_;
  Reuse<std::shared_ptr<const CompiledCluster>> clusters_;
  Reuse<std::shared_ptr<const route::Table>> routes_;
  Reuse<CompiledListener> listeners_;
  std::shared_ptr<const Draft::Clusters> last_clusters_;
};

}  // namespace sluice::config
