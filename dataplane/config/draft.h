// Everything of a snapshot that can be made without touching a running proxy: pure values.
//
// The Compiler makes a Draft on the build thread; snapshot_assembly.h makes a Snapshot of it on the
// config thread, where the clusters' process-wide state is. Immutable and shared; what did not
// change between two drafts is the same object in both (pointers equal), so that applying one costs
// what changed.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "dataplane/config/compile_clusters.h"
#include "dataplane/config/resource.h"
#include "dataplane/config/snapshot.h"

namespace sluice::config {

struct Draft {
  using Clusters = std::vector<std::shared_ptr<const CompiledCluster>>;

  uint64_t revision = 0;
  // What was accepted, of the resources that were sent: the bootstrap's own are not in it.
  ResourceSet resources;
  // Those of the bootstrap first, in its order, then the sent ones by name.
  std::vector<std::shared_ptr<const ListenerSpec>> listeners;
  // The same vector in the next draft if no cluster changed.
  std::shared_ptr<const Clusters> clusters = std::make_shared<const Clusters>();
  // Accepted listeners that wait for routes: their copy of before is in `listeners`, if they had
  // one. Only from a standard server (xds.md R59).
  std::vector<std::string> waiting_listeners;
  std::vector<std::string> missing_routes;  // what they wait for, each once
};

}  // namespace sluice::config
