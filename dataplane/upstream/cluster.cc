#include "dataplane/upstream/cluster.h"

namespace sluice::upstream {

Cluster::Cluster(ClusterId id, std::shared_ptr<const ClusterSpec> spec, uint32_t workers,
                 LimitWatcher watcher)
    : id_(id),
      name_(spec->name),
      spec_(spec.get()),
      owned_spec_(std::move(spec)),
      breaker_(std::move(watcher)),
      workers_(workers),
      stats_(std::make_unique<std::atomic<PoolStats*>[]>(workers)) {}

Cluster::~Cluster() {
  for (uint32_t i = 0; i < workers_; ++i) delete stats_[i].load(std::memory_order_acquire);
}

PoolStats& Cluster::stats_of(uint32_t worker) {
  PoolStats* stats = stats_[worker].load(std::memory_order_relaxed);
  if (stats == nullptr) {
    stats = new PoolStats;
    stats_[worker].store(stats, std::memory_order_release);
  }
  return *stats;
}

uint64_t Cluster::Total(stats::Counter PoolStats::* counter) const {
  uint64_t sum = 0;
  for (uint32_t i = 0; i < workers_; ++i) {
    const PoolStats* stats = stats_[i].load(std::memory_order_acquire);
    if (stats != nullptr) sum += (stats->*counter).value();
  }
  return sum;
}

int64_t Cluster::Total(stats::Gauge PoolStats::* gauge) const {
  int64_t sum = 0;
  for (uint32_t i = 0; i < workers_; ++i) {
    const PoolStats* stats = stats_[i].load(std::memory_order_acquire);
    if (stats != nullptr) sum += (stats->*gauge).value();
  }
  return sum;
}

}  // namespace sluice::upstream
