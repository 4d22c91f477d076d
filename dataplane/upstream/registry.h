// All clusters of the process by name, and how workers learn of their changes.
//
// Owner: main; outlives every worker and every snapshot. Threads: the config thread calls
// everything in the first part; workers call what is in the second (through WorkerUpstream). The
// two meet in atomics only; no worker takes a lock here.
//
// Publication: a change is one release store of a pointer in the Cluster, an entry in the change
// log and an increment of the epoch. A worker looks at the epoch at the end of its turns; when it
// moved, it tidies up the clusters it uses (closing connections to endpoints that left) and
// acknowledges the epoch. What was replaced is freed once every worker has acknowledged a later
// epoch: pointers read from a Cluster are therefore good until the end of the turn, without counts.
// A worker that sleeps or is delayed only delays freeing; when too much waits for it, it is woken
// through its mailbox. A worker that left no longer counts. A restart starts empty.
#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <string_view>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "dataplane/event/loop.h"
#include "dataplane/upstream/cluster.h"

namespace sluice::upstream {

class WorkerUpstream;

class Registry final {
 public:
  struct Options {
    uint32_t workers = 1;    // <= ParkedConnection::kMaxWorkers
    bool share_idle = true;  // idle connections may be taken by other workers
    const base::Clock* clock = &SystemTime();  // outlives the registry; the one of the workers' loops
    // Takes what is to be freed off the config thread, tables of many endpoints among it; empty:
    // freed where it is.
    std::function<void(std::vector<std::shared_ptr<const void>>)> free_elsewhere = {};
    // Four fifths of a limit of a cluster are used. Called on any worker; must not block.
    std::function<void(const std::string& cluster, Limit limit, uint32_t in_use, uint32_t most)>
        near_limit = {};
    // Called on a worker when failures in a row of an endpoint have reached their threshold; posts
    // it to the config thread. Empty: nobody is ejected.
    std::function<void(ClusterId, std::shared_ptr<Endpoint>, Ejection)> on_trip = {};
  };
  static const base::Clock& SystemTime();
  explicit Registry(Options options);
  // Every worker has left.
  ~Registry();
  Registry(const Registry&) = delete;
  Registry& operator=(const Registry&) = delete;

  // ---- Config thread ----
  // The cluster of that name, made if there was none. A new cluster has `spec` at once; one that
  // exists keeps the spec it serves until Publish. The snapshot holds what is returned.
  std::shared_ptr<Cluster> Prepare(std::shared_ptr<const ClusterSpec> spec);
  // Makes `spec` what workers see; nothing happens if it is already. Endpoints stay, arranged anew
  // if the balancing changed.
  void Publish(Cluster& cluster, std::shared_ptr<const ClusterSpec> spec);
  // Makes `endpoints` what workers see. They are recognised by address and keep their state.
  void ReplaceEndpoints(Cluster& cluster, std::shared_ptr<const IndexedEndpoints> endpoints);
  // The same for a set that nobody has indexed: for some hundreds.
  void SetEndpoints(Cluster& cluster, EndpointSet set);
  // `observer` is called after each change of a cluster: other spec, other endpoints, withdrawn, in
  // use again. A cluster is freed only after it was called for one that is withdrawn. Empty: nobody.
  void SetObserver(std::function<void(Cluster&)> observer) { observer_ = std::move(observer); }
  // The only way to change why one of the cluster's endpoints is used or not, but for what its
  // assignment says: afterwards exactly `set` holds of the bits in `which`.
  void Mark(Cluster& cluster, Endpoint& endpoint, HealthReasons which, HealthReasons set);
  // nullptr if no snapshot refers to such a cluster.
  std::shared_ptr<Cluster> FindByName(std::string_view name) const;
  // To be called after a snapshot was freed: frees what nobody can see any more, replaced specs and
  // tables and clusters without a snapshot. Looks at every cluster. Returns how many objects still
  // wait for a worker.
  size_t Collect();
  // Calls `f(Cluster&)` for each cluster, in no order.
  template <typename F>
  void ForEach(F&& f) const {
    for (const auto& [name, cluster] : by_name_) f(*cluster);
  }

  // ---- Workers ----
  const Options& options() const { return options_; }
  // `loop` may be woken and takers may use its epoll set until LeaveWorker; for those who looked
  // just before, it stays alive until all workers have left and the config thread has ended.
  void JoinWorker(uint32_t worker, WorkerUpstream& upstream, event::Loop& loop);
  void LeaveWorker(uint32_t worker);
  uint64_t epoch() const { return epoch_.load(std::memory_order_acquire); }
  // The worker holds no pointer read before `epoch`.
  void Acknowledge(uint32_t worker, uint64_t epoch);
  // nullptr when the slot is free or belongs to another generation.
  Cluster* Find(ClusterId id) const;
  // The slots that changed in epochs (from, to], each at least once; false when the log no longer
  // reaches back to `from`: then every slot may have changed.
  bool ChangedSince(uint64_t from, uint64_t to, std::vector<uint32_t>& slots) const;
  // Runs `f` on that worker's loop; dropped if it has left or leaves before.
  void PostTo(uint32_t worker, std::function<void(WorkerUpstream&)> f);
  // -1 when that worker has left.
  int epoll_fd_of(uint32_t worker) const;

 private:
  static constexpr uint32_t kChunk = 256;
  static constexpr uint32_t kChunks = 1024;  // 262,144 clusters at once
  static constexpr uint64_t kLog = 1024;
  static constexpr size_t kWakeAt = 16;      // retired objects before sleeping workers are woken
  struct Slot {
    std::atomic<Cluster*> cluster{nullptr};
    uint32_t generation = 0;  // of the last cluster here; config thread
  };
  struct alignas(64) WorkerSlot {
    std::atomic<uint64_t> seen{UINT64_MAX};  // UINT64_MAX: not joined
    std::atomic<int> epoll_fd{-1};
    std::atomic<event::Loop*> loop{nullptr};
    WorkerUpstream* upstream = nullptr;  // the worker's own; nullptr when it has left
  };
  struct Retired {
    uint64_t epoch;
    std::shared_ptr<const void> object;
  };

  Slot& slot(uint32_t index) const;
  void Notify(Cluster& cluster) {
    if (observer_) observer_(cluster);
  }
  uint32_t NewSlot();
  // Keeps `object` until every worker has acknowledged the change that LogChange announces next.
  void Retire(std::shared_ptr<const void> object);
  void LogChange(uint32_t slot);
  uint64_t OldestSeen() const;
  size_t FreeAcknowledged();
  void WakeLaggards();

  const Options options_;
  std::atomic<uint64_t> epoch_{1};
  std::array<std::atomic<uint32_t>, kLog> log_{};  // slot changed in epoch e, at e % kLog
  std::unique_ptr<WorkerSlot[]> workers_;
  std::array<std::atomic<Slot*>, kChunks> chunks_{};
  // Config thread.
  std::vector<std::unique_ptr<Slot[]>> owned_chunks_;
  std::vector<uint32_t> free_slots_;
  uint32_t next_slot_ = 0;
  absl::flat_hash_map<std::string, std::shared_ptr<Cluster>> by_name_;
  std::vector<Retired> retired_;
  std::function<void(Cluster&)> observer_;
  std::vector<std::shared_ptr<Cluster>> withdrawn_;  // without a snapshot; workers may use them
};

}  // namespace sluice::upstream
