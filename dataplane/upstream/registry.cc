#include "dataplane/upstream/registry.h"

#include <algorithm>

#include "dataplane/base/check.h"

namespace sluice::upstream {

const base::Clock& Registry::SystemTime() {
  static const base::SystemClock clock;
  return clock;
}

Registry::Registry(Options options)
    : options_(options), workers_(std::make_unique<WorkerSlot[]>(options.workers)) {
  base::Check(options.workers > 0 && options.workers <= ParkedConnection::kMaxWorkers,
              "the number of workers fits into a claim word");
}

Registry::~Registry() {
  base::Check(OldestSeen() == UINT64_MAX, "every worker has left the registry");
}

Registry::Slot& Registry::slot(uint32_t index) const {
  return chunks_[index / kChunk].load(std::memory_order_acquire)[index % kChunk];
}

uint32_t Registry::NewSlot() {
  if (!free_slots_.empty()) {
    const uint32_t index = free_slots_.back();
    free_slots_.pop_back();
    return index;
  }
  base::Check(next_slot_ < kChunk * kChunks, "fewer clusters than slots");
  if (next_slot_ % kChunk == 0) {
    owned_chunks_.push_back(std::make_unique<Slot[]>(kChunk));
    chunks_[next_slot_ / kChunk].store(owned_chunks_.back().get(), std::memory_order_release);
  }
  return next_slot_++;
}

std::shared_ptr<Cluster> Registry::Prepare(std::shared_ptr<const ClusterSpec> spec) {
  if (const auto found = by_name_.find(spec->name); found != by_name_.end()) {
    const std::shared_ptr<Cluster>& known = found->second;
    if (std::erase(withdrawn_, known) > 0) {
      known->withdrawn_.store(false, std::memory_order_relaxed);
      Notify(*known);
    }
    return known;
  }
  const uint32_t index = NewSlot();
  Slot& place = slot(index);
  ++place.generation;
  LimitWatcher watcher;
  if (options_.near_limit) {
    watcher = [this, name = spec->name](Limit limit, uint32_t in_use, uint32_t most) {
      options_.near_limit(name, limit, in_use, most);
    };
  }
  auto cluster = std::make_shared<Cluster>(ClusterId{index, place.generation}, std::move(spec),
                                           options_.workers, std::move(watcher));
  by_name_.emplace(cluster->name(), cluster);
  place.cluster.store(cluster.get(), std::memory_order_release);
  return cluster;
}

void Registry::Publish(Cluster& cluster, std::shared_ptr<const ClusterSpec> spec) {
  if (cluster.owned_spec_ == spec) return;
  const ClusterSpec& before = *cluster.owned_spec_;
  const bool rearrange = before.balancing != spec->balancing;
  cluster.spec_.store(spec.get(), std::memory_order_release);
  std::shared_ptr<const void> replaced = std::exchange(cluster.owned_spec_, std::move(spec));
  Retire(std::move(replaced));
  LogChange(cluster.id().slot);
  FreeAcknowledged();
  if (rearrange && cluster.owned_endpoints_ != nullptr) {
    return ReplaceEndpoints(cluster, cluster.owned_endpoints_->indexed_source());
  }
  Notify(cluster);
}

void Registry::SetEndpoints(Cluster& cluster, EndpointSet set) {
  const EndpointTable* before = cluster.owned_endpoints_.get();
  const IndexedEndpoints* known = before == nullptr ? nullptr : before->indexed_source().get();
  ReplaceEndpoints(cluster, std::make_shared<const IndexedEndpoints>(std::move(set), known));
}

void Registry::ReplaceEndpoints(Cluster& cluster,
                                std::shared_ptr<const IndexedEndpoints> endpoints) {
  const std::shared_ptr<const EndpointTable> before = cluster.owned_endpoints_;
  auto table = std::make_shared<const EndpointTable>(*cluster.owned_spec_, std::move(endpoints),
                                                     before.get(), options_.clock->Now());
  cluster.endpoints_.store(table.get(), std::memory_order_release);
  cluster.owned_endpoints_ = table;
  if (before != nullptr) {
    const auto& old = before->endpoints();
    for (uint32_t i = 0; i < old.size(); ++i) {
      if (!table->Contains(*old[i], i)) old[i]->set_listed(false);
    }
    Retire(before);
  }
  LogChange(cluster.id().slot);
  FreeAcknowledged();
  Notify(cluster);
}

void Registry::Mark(Cluster& cluster, Endpoint& endpoint, HealthReasons which, HealthReasons set) {
  const balance::Health health = endpoint.SetReasons(which, set);
  const EndpointTable* table = cluster.owned_endpoints_.get();
  if (table != nullptr && table->SetHealth(endpoint, health, options_.clock->Now())) return;
  // It has left: nobody counts it any more.
  endpoint.state().health.store(health, std::memory_order_relaxed);
}

std::shared_ptr<Cluster> Registry::FindByName(std::string_view name) const {
  const auto found = by_name_.find(std::string(name));
  return found == by_name_.end() ? nullptr : found->second;
}

void Registry::Retire(std::shared_ptr<const void> object) {
  // Whoever acknowledges the epoch of the change that follows has read its pointers after it.
  retired_.push_back({epoch_.load(std::memory_order_relaxed) + 1, std::move(object)});
}

void Registry::LogChange(uint32_t index) {
  const uint64_t epoch = epoch_.load(std::memory_order_relaxed) + 1;
  log_[epoch % kLog].store(index, std::memory_order_release);
  epoch_.store(epoch, std::memory_order_seq_cst);
}

uint64_t Registry::OldestSeen() const {
  uint64_t oldest = UINT64_MAX;
  for (uint32_t i = 0; i < options_.workers; ++i) {
    oldest = std::min(oldest, workers_[i].seen.load(std::memory_order_seq_cst));
  }
  return oldest;
}

size_t Registry::Collect() {
  for (auto& [name, cluster] : by_name_) {
    // Ours is the last reference: no snapshot has it, so no worker can look it up again.
    if (cluster.use_count() > 1) continue;
    cluster->withdrawn_.store(true, std::memory_order_relaxed);
    LogChange(cluster->id().slot);
    cluster->withdrawn_epoch_ = epoch_.load(std::memory_order_relaxed);
    withdrawn_.push_back(cluster);
    Notify(*cluster);
  }
  return FreeAcknowledged();
}

size_t Registry::FreeAcknowledged() {
  const uint64_t oldest = OldestSeen();
  std::vector<std::shared_ptr<const void>> over;
  std::erase_if(retired_, [&](Retired& r) {
    if (r.epoch > oldest) return false;
    over.push_back(std::move(r.object));
    return true;
  });
  std::erase_if(withdrawn_, [&](const std::shared_ptr<Cluster>& cluster) {
    if (cluster->withdrawn_epoch_ > oldest) return false;
    if (cluster->worker_uses_.load(std::memory_order_acquire) > 0) return false;
    slot(cluster->id().slot).cluster.store(nullptr, std::memory_order_release);
    free_slots_.push_back(cluster->id().slot);
    by_name_.erase(cluster->name());
    over.push_back(cluster);
    return true;
  });
  if (!over.empty() && options_.free_elsewhere) options_.free_elsewhere(std::move(over));
  const size_t waiting = retired_.size() + withdrawn_.size();
  if (waiting >= kWakeAt) WakeLaggards();
  return waiting;
}

void Registry::WakeLaggards() {
  const uint64_t epoch = epoch_.load(std::memory_order_relaxed);
  for (uint32_t i = 0; i < options_.workers; ++i) {
    event::Loop* loop = workers_[i].loop.load(std::memory_order_acquire);
    if (loop != nullptr && workers_[i].seen.load(std::memory_order_relaxed) < epoch) {
      loop->mailbox().Post([] {});
    }
  }
}

void Registry::JoinWorker(uint32_t worker, WorkerUpstream& upstream, event::Loop& loop) {
  WorkerSlot& mine = workers_[worker];
  base::Check(worker < options_.workers && mine.epoll_fd.load() < 0, "a worker joins once");
  mine.upstream = &upstream;
  mine.epoll_fd.store(loop.epoll_fd(), std::memory_order_release);
  mine.loop.store(&loop, std::memory_order_release);
  // Sequentially consistent with LogChange and OldestSeen: a publisher that did not see us join has
  // moved the epoch before, so that we read what it published and not what it frees.
  mine.seen.store(0, std::memory_order_seq_cst);
  static_cast<void>(epoch_.load(std::memory_order_seq_cst));
}

void Registry::LeaveWorker(uint32_t worker) {
  WorkerSlot& mine = workers_[worker];
  mine.upstream = nullptr;
  mine.loop.store(nullptr, std::memory_order_release);
  mine.epoll_fd.store(-1, std::memory_order_release);
  mine.seen.store(UINT64_MAX, std::memory_order_release);
}

void Registry::PostTo(uint32_t worker, std::function<void(WorkerUpstream&)> f) {
  event::Loop* loop = workers_[worker].loop.load(std::memory_order_acquire);
  if (loop == nullptr) return;
  loop->mailbox().Post([this, worker, f = std::move(f)] {
    if (workers_[worker].upstream != nullptr) f(*workers_[worker].upstream);
  });
}

void Registry::Acknowledge(uint32_t worker, uint64_t epoch) {
  workers_[worker].seen.store(epoch, std::memory_order_release);
}

Cluster* Registry::Find(ClusterId id) const {
  if (id.slot >= kChunk * kChunks) return nullptr;
  Slot* chunk = chunks_[id.slot / kChunk].load(std::memory_order_acquire);
  if (chunk == nullptr) return nullptr;
  Cluster* cluster = chunk[id.slot % kChunk].cluster.load(std::memory_order_acquire);
  return cluster != nullptr && cluster->id() == id ? cluster : nullptr;
}

bool Registry::ChangedSince(uint64_t from, uint64_t to, std::vector<uint32_t>& slots) const {
  if (to - from > kLog / 2) return false;
  for (uint64_t e = from + 1; e <= to; ++e) {
    slots.push_back(log_[e % kLog].load(std::memory_order_acquire));
  }
  // The writer may have lapped us while we read: who sees its entry sees its epoch too.
  return epoch() - from <= kLog - 1;
}

int Registry::epoll_fd_of(uint32_t worker) const {
  return workers_[worker].epoll_fd.load(std::memory_order_acquire);
}

}  // namespace sluice::upstream
