// Assignments of endpoints (EDS): compiles them, publishes them to workers, keeps them for clusters
// that are still to come.
//
// Owner: LiveClusters. Thread: config; assignments of kCompileHere bytes or more and those of clusters
// that balance by hash, whose tables take long to fill, are compiled, and those they replace are
// freed, on the build thread, the others at once, so that they never wait for a compile of routes.
// State: the
// last good assignment of each name that a cluster asks for, whole; a bad one changes nothing.
// Revision change: Follow names the clusters of now; what is held for one that is new is set at
// once, what no cluster asked for in two revisions is forgotten. A delayed worker delays `done`,
// nothing else. A silent control plane changes nothing. After a restart the state directory's
// assignments come through Apply like any others.
#pragma once

#include <array>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "dataplane/config/problems.h"
#include "dataplane/config/snapshot.h"
#include "dataplane/main/threads.h"
#include "dataplane/upstream/registry.h"
#include "dataplane/worker/worker_set.h"
#include "dataplane/xds/consumer.h"

namespace sluice::main {

// The endpoints of a kEndpoint resource; nullptr when problems were added. `known`, which may be
// nullptr: what its cluster has already. `balancing`, which may be nullptr: how it picks. Pure; any
// thread.
std::shared_ptr<const upstream::IndexedEndpoints> CompileAssignment(
    const config::Resource& resource, const upstream::IndexedEndpoints* known,
    const balance::Balancing* balancing, config::Problems& problems);

class EndpointUpdates final {
 public:
  static constexpr size_t kCompileHere = 256 * 1024;  // serialised bytes
  using Done = std::function<void(config::Problems)>;
  using Directories = std::vector<std::shared_ptr<const config::ClusterDirectory>>;

  // All outlive this object.
  EndpointUpdates(Threads threads, upstream::Registry& registry, worker::WorkerSet& workers)
      : threads_(threads), registry_(registry), workers_(workers) {}

  // `done` on config, when every worker uses what was good in `change`. Removed names keep serving
  // what they have: who wants no endpoints sends an empty assignment. Of two calls that name one
  // assignment the later counts, whichever is compiled first.
  void Apply(xds::TypeChange change, Done done);

  // The clusters that are served or prepared. Those whose published spec says EDS and that do not
  // use what is held for them get it now.
  void Follow(Directories directories);

  // Something good came for that name (xDS: EdsClusterConfig.service_name, else the cluster's).
  bool Holds(const std::string& service) const { return held_.contains(service); }
  // All that is held, in no order; for the state directory.
  std::vector<config::ResourceRef> Held() const;
  // Called on config after each change of what is held.
  void OnChange(std::function<void()> on_change) { on_change_ = std::move(on_change); }

 private:
  using Content = std::array<uint8_t, 32>;
  struct Assignment {
    config::ResourceRef resource;
    std::shared_ptr<const upstream::IndexedEndpoints> set;  // nullptr: refused
    uint64_t order = 0;                                     // of arrival
    uint32_t unasked = 0;  // calls of Follow without a cluster for it
  };
  struct Batch {
    std::vector<Assignment> assignments;
    // Parallel to them: what was held when they came; may be nullptr.
    std::vector<std::shared_ptr<const upstream::IndexedEndpoints>> known;
    // Parallel: of the first cluster that uses them; another one arranges them for itself.
    std::vector<std::optional<balance::Balancing>> balancing;
    config::Problems problems;
    Done done;
  };
  // A cluster and the content it was set from; all zero: none.
  struct User {
    upstream::Cluster* cluster;
    Content content{};
  };
  static void Compile(Batch& batch);
  // nullopt if no cluster asks for `service` yet.
  std::optional<balance::Balancing> BalancingOf(const std::string& service) const;
  void Publish(Batch& batch);
  void Set(User& user, const Assignment& assignment);
  void AddUser(const upstream::ClusterSpec& spec, User user);

  const Threads threads_;
  upstream::Registry& registry_;
  worker::WorkerSet& workers_;
  uint64_t last_order_ = 0;
  absl::flat_hash_map<std::string, Assignment> held_;
  Directories directories_;  // they keep the clusters of users_ alive
  absl::flat_hash_map<std::string, std::vector<User>> users_;
  std::function<void()> on_change_;
};

}  // namespace sluice::main
