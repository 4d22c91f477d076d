// One cluster, process-wide: the state that belongs to its name and outlives every revision.
//
// Owner: the Registry, which makes it when a name is first prepared and frees it when no snapshot
// refers to it and no worker uses it any more. Snapshots hold shared_ptr<Cluster>: a cluster lives
// as long as any snapshot that routes to it, so a request finishes on what it began with.
// Threads: configuration is written by the config thread (through the Registry) and read by
// workers as two published pointers, valid until the end of the reader's turn; counts are atomics.
// A revision change that keeps the name keeps everything here: breaker counts, endpoints and their
// state, statistics; only `spec()` is another one. A delayed worker keeps the old spec and table
// until its turn ends. A silent control plane changes nothing. A restart begins from nothing.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <string>

#include "dataplane/upstream/breaker.h"
#include "dataplane/upstream/cluster_spec.h"
#include "dataplane/upstream/endpoint_table.h"
#include "dataplane/upstream/health_stats.h"
#include "dataplane/upstream/pool_stats.h"
#include "dataplane/upstream/wanted.h"

namespace sluice::upstream {

// Names a cluster on the request path: an index, no hashing. Routes hold it beside the
// shared_ptr<Cluster> that their snapshot holds; the generation tells a slot's holders apart.
struct ClusterId {
  uint32_t slot = UINT32_MAX;
  uint32_t generation = 0;
  bool valid() const { return slot != UINT32_MAX; }
  friend bool operator==(ClusterId a, ClusterId b) {
    return a.slot == b.slot && a.generation == b.generation;
  }
};

class Cluster final {
 public:
  // Only the Registry makes clusters. `workers` > 0: how many may use it. `watcher` may be empty.
  Cluster(ClusterId id, std::shared_ptr<const ClusterSpec> spec, uint32_t workers,
          LimitWatcher watcher);
  ~Cluster();
  Cluster(const Cluster&) = delete;
  Cluster& operator=(const Cluster&) = delete;

  ClusterId id() const { return id_; }
  const std::string& name() const { return name_; }

  // Workers: both valid until the end of the current turn. The table is nullptr until endpoints
  // were set for the first time.
  const ClusterSpec& spec() const { return *spec_.load(std::memory_order_acquire); }
  const EndpointTable* endpoints() const { return endpoints_.load(std::memory_order_acquire); }
  // No snapshot refers to it any more: workers let go of it.
  bool withdrawn() const { return withdrawn_.load(std::memory_order_relaxed); }

  Breaker& breaker() { return breaker_; }
  const Breaker& breaker() const { return breaker_; }
  // Workers with calls that wait because max_connections is reached.
  Wanted& room_wanted() { return room_wanted_; }
  // The block of one worker, made by its first call; that worker is the only writer and the only
  // one that may call this.
  PoolStats& stats_of(uint32_t worker);
  // Written by the config thread; any thread reads.
  HealthStats& health_stats() { return health_stats_; }
  const HealthStats& health_stats() const { return health_stats_; }
  // Sums over workers; any thread.
  uint64_t Total(stats::Counter PoolStats::* counter) const;
  int64_t Total(stats::Gauge PoolStats::* gauge) const;

 private:
  friend class Registry;
  friend class ClusterUse;
  const ClusterId id_;
  const std::string name_;
  std::atomic<const ClusterSpec*> spec_;
  std::atomic<const EndpointTable*> endpoints_{nullptr};
  // Config thread: keep alive what the two pointers above point to.
  std::shared_ptr<const ClusterSpec> owned_spec_;
  std::shared_ptr<const EndpointTable> owned_endpoints_;
  uint64_t withdrawn_epoch_ = 0;  // when the last snapshot had gone

  std::atomic<bool> withdrawn_{false};
  std::atomic<uint32_t> worker_uses_{0};  // ClusterUses alive
  Breaker breaker_;
  Wanted room_wanted_;
  HealthStats health_stats_;
  const uint32_t workers_;
  std::unique_ptr<std::atomic<PoolStats*>[]> stats_;
};

// Keeps a cluster from being freed: what workers hold of it across turns, and send each other.
class ClusterUse final {
 public:
  explicit ClusterUse(Cluster& cluster) : cluster_(cluster) {
    cluster_.worker_uses_.fetch_add(1, std::memory_order_relaxed);
  }
  ~ClusterUse() { cluster_.worker_uses_.fetch_sub(1, std::memory_order_release); }
  ClusterUse(const ClusterUse&) = delete;
  ClusterUse& operator=(const ClusterUse&) = delete;
  Cluster& operator*() const { return cluster_; }
  Cluster* operator->() const { return &cluster_; }

 private:
  Cluster& cluster_;
};

}  // namespace sluice::upstream
