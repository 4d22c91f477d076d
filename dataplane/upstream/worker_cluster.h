// The upstream side of one worker: `WorkerUpstream` holds all clusters this worker uses,
// `WorkerCluster` is one of them: its pools and its place in the rotation.
//
// Owner: the worker owns the WorkerUpstream; it outlives all calls and dies before the loop. Each
// WorkerCluster is made by the first Find and freed when its cluster is gone and the last call and
// connection have ended. Thread: the worker's loop, everything.
// A revision or endpoint change is noticed in EndTurn, which must be called at the end of every
// turn (the worker's turn hook does); it costs one load when nothing changed. A silent peer is
// bounded by the pool's timeouts. Leaving (destructor) takes the worker's parked connections back
// and closes all. Nothing survives a restart.
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "dataplane/balance/pick_state.h"
#include "dataplane/base/random.h"
#include "dataplane/buffer/block_pool.h"
#include "dataplane/event/loop.h"
#include "dataplane/upstream/registry.h"
#include "dataplane/upstream/retry_budget.h"

namespace sluice::upstream {

class Pool;
class WorkerUpstream;
class HandedConnection;
struct PickHint;

class WorkerCluster final {
 public:
  // `seed` makes rotations start at random.
  WorkerCluster(WorkerUpstream& worker, Cluster& cluster, uint64_t seed);
  // No call uses it any more.
  ~WorkerCluster();
  WorkerCluster(const WorkerCluster&) = delete;
  WorkerCluster& operator=(const WorkerCluster&) = delete;

  // The process-wide cluster: name, spec, breaker.
  Cluster& cluster() { return cluster_; }
  PoolStats& stats() { return stats_; }
  WorkerUpstream& worker() { return worker_; }

  // The pool of the endpoint that the cluster's policy picks; nullptr when there is none.
  Pool* Pick(const PickHint& hint);
  RetryTokens& retry_tokens() { return retry_tokens_; }
  // Room for one more connection under max_connections by closing an idle one of another endpoint,
  // wherever it is parked. False when no connection of the cluster is idle.
  bool EvictIdle();
  // A connection of the cluster was closed: whoever waits for room, on any worker, is told.
  void RoomFreed();
  // One of our pools waits for room (+1), or no longer does (-1).
  void CountRoomless(int change);
  // Our pools that wait for room try again in this turn.
  void TryRoomless();
  // Another worker hands over a connection to an endpoint that a call here may wait for.
  void Receive(HandedConnection& handed);
  // Closes what leads to endpoints that left the cluster; drops their pools once unused.
  void Tidy();
  bool unused() const { return pools_.empty(); }
  // For /clusters and tests: `f(Pool&)` for each pool.
  template <typename F>
  void ForEachPool(F&& f) {
    for (auto& [endpoint, pool] : pools_) f(*pool);
  }

 private:
  Pool& PoolOf(const std::shared_ptr<Endpoint>& endpoint);

  WorkerUpstream& worker_;
  Cluster& cluster_;
  ClusterUse use_;
  PoolStats& stats_;
  uint32_t roomless_pools_ = 0;
  balance::PickState picks_;
  RetryTokens retry_tokens_;
  absl::flat_hash_map<const Endpoint*, std::unique_ptr<Pool>> pools_;
};

class WorkerUpstream final {
 public:
  // `index` < Registry::Options.workers, one per worker. All three outlive this object; `blocks` is
  // the worker's own pool.
  WorkerUpstream(uint32_t index, Registry& registry, event::Loop& loop, buffer::BlockPool& blocks,
                 uint64_t seed);
  ~WorkerUpstream();
  WorkerUpstream(const WorkerUpstream&) = delete;
  WorkerUpstream& operator=(const WorkerUpstream&) = delete;

  // The cluster as this worker sees it, made if needed; nullptr when there is no such cluster. The
  // caller's snapshot holds the Cluster. Valid until the end of the turn, and beyond while a call
  // started on it is active.
  WorkerCluster* Find(ClusterId id);
  // At the end of every turn: follows changes of clusters and acknowledges them.
  void EndTurn();

  uint32_t index() const { return index_; }
  Registry& registry() { return registry_; }
  event::Loop& loop() { return loop_; }
  buffer::BlockPool& blocks() { return blocks_; }
  // Idle connections may be taken by other workers.
  bool shares_idle() const { return shares_idle_; }
  // For claim words.
  uint32_t NextGeneration();
  // Ends the owner's watch of a connection that the caller won by `word`; the caller owns the
  // descriptor then.
  ParkedConnection Detach(uint64_t word);
  // Ends our own watch of `fd`, which another worker is given.
  void Unwatch(int fd);
  // Something of `id` became unused: looked at in the next EndTurn.
  void TidyLater(ClusterId id) { to_tidy_.push_back(id.slot); }

 private:
  void TidySlot(uint32_t slot);

  const uint32_t index_;
  Registry& registry_;
  event::Loop& loop_;
  buffer::BlockPool& blocks_;
  base::Random random_;
  const bool shares_idle_;
  uint32_t generation_ = 0;
  uint64_t seen_epoch_ = 0;
  std::vector<std::unique_ptr<WorkerCluster>> clusters_;  // by ClusterId.slot
  std::vector<uint32_t> to_tidy_;  // slots
};

}  // namespace sluice::upstream
