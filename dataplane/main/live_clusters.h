// The clusters of what is served and of what is prepared: their specs, endpoints and names.
//
// Owner: LiveConfig. Thread: config, everything. State: which draft's clusters are published, and
// which of them still wait for an assignment (xds.md R57: the old spec serves meanwhile, at most
// kAssignmentWait). Revision change: Assemble touches nothing that is served; Warm waits for names
// and assignments of the new clusters, bounded; Publish switches specs. A delayed worker only
// delays freeing. A silent peer, DNS or control plane, is bounded by the waits. Nothing survives a
// restart but what the state directory feeds in again.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "dataplane/config/draft.h"
#include "dataplane/main/endpoint_updates.h"
#include "dataplane/main/snapshot_grave.h"
#include "dataplane/upstream/dns_clusters.h"

namespace sluice::main {

class LiveClusters final : private event::Timer::Handler {
 public:
  using DraftPtr = std::shared_ptr<const config::Draft>;
  using SnapshotPtr = std::shared_ptr<const config::Snapshot>;
  static constexpr base::Duration kAssignmentWait = std::chrono::seconds(15);  // R55

  LiveClusters(Threads threads, upstream::Registry& registry, worker::WorkerSet& workers,
               upstream::DnsClusters::Options dns = {});

  EndpointUpdates& endpoints() { return endpoints_; }
  SnapshotGrave& grave() { return grave_; }

  // A snapshot of `draft`, of which nothing is served yet. It is the prepared one from now on:
  // assignments and names for its clusters are used.
  SnapshotPtr Assemble(const config::Draft& draft);
  // The prepared snapshot will not be served.
  void Drop();
  // Calls `done` once, on a later turn, when the clusters of `draft` that are not published have
  // endpoints or have been told that there are none, or after `limit`; with one warning for each
  // that is cold then. `draft` is what the prepared snapshot is of. A newer call, or Drop, ends
  // the wait.
  void Warm(const config::Draft& draft, base::Duration limit,
            std::function<void(config::Problems)> done);
  // `snapshot`, prepared or not, goes to the workers: from now on it is the one that is served.
  void Serve(SnapshotPtr snapshot);
  // Every worker serves `snapshot`, which is of `draft`: makes its clusters what they see.
  void Publish(DraftPtr draft, const config::Snapshot& snapshot);

  // Each cluster of `draft` of type EDS has an assignment.
  bool Assigned(const config::Draft& draft) const;
  // Called on config when an assignment came.
  void OnChange(std::function<void()> on_change) { on_change_ = std::move(on_change); }

 private:
  void OnTimer(event::Timer& timer) override;
  void OnAssignments();
  void Replace(SnapshotPtr prepared);
  // Publishes what no longer waits.
  void PublishReady();
  bool Waits(const upstream::ClusterSpec& spec);
  void Follow();
  void FollowNames();
  bool IsUnassigned(const config::CompiledCluster& one) const;
  bool IsWarm() const;
  void EndWarming();

  const Threads threads_;
  upstream::Registry& registry_;
  EndpointUpdates endpoints_;
  SnapshotGrave grave_;
  upstream::DnsClusters dns_;
  DraftPtr published_;
  std::shared_ptr<const config::ClusterDirectory> published_clusters_;
  SnapshotPtr served_;  // or on its way to the workers
  SnapshotPtr prepared_;
  absl::flat_hash_map<std::string, base::MonoTime> waiting_;  // cluster to the end of its wait
  event::Timer waiting_timer_;

  config::Draft::Clusters warming_;
  std::function<void(config::Problems)> warmed_;
  uint64_t warm_round_ = 0;   // of Warm
  uint64_t names_round_ = 0;  // of FollowNames; an older answer of DNS does not count
  bool names_warm_ = false;
  event::Timer warm_timer_;
  std::function<void()> on_change_;
};

}  // namespace sluice::main
