#include "dataplane/upstream/worker_cluster.h"

#include <sys/epoll.h>
#include <unistd.h>

#include "dataplane/base/check.h"
#include "dataplane/upstream/call.h"
#include "dataplane/upstream/handed_connection.h"
#include "dataplane/upstream/pool.h"

namespace sluice::upstream {

WorkerCluster::WorkerCluster(WorkerUpstream& worker, Cluster& cluster, uint64_t seed)
    : worker_(worker), cluster_(cluster), use_(cluster), stats_(cluster.stats_of(worker.index())), picks_(seed) {
  retry_tokens_.Begin(cluster.spec().retry_rate, worker.registry().options().workers);
}

WorkerCluster::~WorkerCluster() {
  pools_.clear();
}

Pool* WorkerCluster::Pick(const PickHint& hint) {
  const EndpointTable* table = cluster_.endpoints();
  if (table == nullptr) return nullptr;
  picks_.now = worker_.loop().now();
  const std::shared_ptr<Endpoint>* endpoint = table->Pick(picks_, hint.hash);
  for (uint32_t i = 0; i < hint.further_picks && endpoint != nullptr; ++i) {
    if (!hint.Avoids(endpoint->get())) break;
    // A hash would choose the same one again.
    endpoint = table->Pick(picks_, picks_.random());
  }
  return endpoint == nullptr ? nullptr : &PoolOf(*endpoint);
}

Pool& WorkerCluster::PoolOf(const std::shared_ptr<Endpoint>& endpoint) {
  const auto found = pools_.find(endpoint.get());
  if (found != pools_.end()) return *found->second;
  auto pool = std::make_unique<Pool>(*this, endpoint);
  return *pools_.emplace(endpoint.get(), std::move(pool)).first->second;
}

bool WorkerCluster::EvictIdle() {
  for (auto& [endpoint, pool] : pools_) {
    if (pool->CloseOldest()) return true;
  }
  const EndpointTable* table = cluster_.endpoints();
  if (table == nullptr || !worker_.shares_idle()) return false;
  for (const std::shared_ptr<Endpoint>& endpoint : table->endpoints()) {
    const uint64_t word = endpoint->claims().TakeForeign(worker_.index());
    if (word == 0) continue;
    const ParkedConnection parked = worker_.Detach(word);
    close(static_cast<int>(parked.fd));
    if (parked.counted) cluster_.breaker().connections.Release();
    if (parked.host_counted) endpoint->connections().Release();
    stats_.cx_active.Add(-1);
    stats_.cx_destroyed.Add();
    return true;
  }
  return false;
}

void WorkerCluster::RoomFreed() {
  if (!cluster_.room_wanted().Any()) return;
  Registry& registry = worker_.registry();
  uint32_t next = cluster_.room_wanted().NextAfter(worker_.index(), registry.options().workers);
  // Ourselves too by mailbox: a pool may be on its way out.
  if (next == Wanted::kNobody) next = worker_.index();
  registry.PostTo(next, [id = cluster_.id()](WorkerUpstream& upstream) {
    if (WorkerCluster* there = upstream.Find(id)) there->TryRoomless();
  });
}

void WorkerCluster::CountRoomless(int change) {
  roomless_pools_ += static_cast<uint32_t>(change);
  if (change > 0 && roomless_pools_ == 1) cluster_.room_wanted().Set(worker_.index());
  if (change < 0 && roomless_pools_ == 0) cluster_.room_wanted().Clear(worker_.index());
}

void WorkerCluster::TryRoomless() {
  for (auto& [endpoint, pool] : pools_) pool->TryRoom();
}

void WorkerCluster::Receive(HandedConnection& handed) {
  PoolOf(handed.endpoint()).Receive(handed);
}

void WorkerCluster::Tidy() {
  for (auto it = pools_.begin(); it != pools_.end();) {
    Pool& pool = *it->second;
    const bool leaves = cluster_.withdrawn() || !pool.endpoint().listed();
    if (leaves) pool.CloseAvailable();
    if (leaves && pool.unused()) {
      pools_.erase(it++);
    } else {
      ++it;
    }
  }
}

WorkerUpstream::WorkerUpstream(uint32_t index, Registry& registry, event::Loop& loop,
                               buffer::BlockPool& blocks, uint64_t seed)
    : index_(index),
      registry_(registry),
      loop_(loop),
      blocks_(blocks),
      random_(seed),
      shares_idle_(registry.options().share_idle && registry.options().workers > 1) {
  registry_.JoinWorker(index_, *this, loop_);
}

WorkerUpstream::~WorkerUpstream() {
  clusters_.clear();
  registry_.LeaveWorker(index_);
}

WorkerCluster* WorkerUpstream::Find(ClusterId id) {
  if (id.slot < clusters_.size() && clusters_[id.slot] != nullptr &&
      clusters_[id.slot]->cluster().id() == id) {
    return clusters_[id.slot].get();
  }
  Cluster* cluster = registry_.Find(id);
  if (cluster == nullptr) return nullptr;
  if (id.slot >= clusters_.size()) clusters_.resize(id.slot + 1);
  clusters_[id.slot] = std::make_unique<WorkerCluster>(*this, *cluster, random_());
  return clusters_[id.slot].get();
}

void WorkerUpstream::EndTurn() {
  const uint64_t epoch = registry_.epoch();
  if (epoch == seen_epoch_ && to_tidy_.empty()) return;
  if (epoch != seen_epoch_ && !registry_.ChangedSince(seen_epoch_, epoch, to_tidy_)) {
    for (uint32_t slot = 0; slot < clusters_.size(); ++slot) to_tidy_.push_back(slot);
  }
  // Closing a connection may report its pool unused, which adds to the list.
  for (size_t i = 0; i < to_tidy_.size(); ++i) TidySlot(to_tidy_[i]);
  to_tidy_.clear();
  if (epoch == seen_epoch_) return;
  seen_epoch_ = epoch;
  registry_.Acknowledge(index_, epoch);
}

void WorkerUpstream::TidySlot(uint32_t slot) {
  if (slot >= clusters_.size() || clusters_[slot] == nullptr) return;
  WorkerCluster& cluster = *clusters_[slot];
  cluster.Tidy();
  if (cluster.cluster().withdrawn() && cluster.unused()) clusters_[slot].reset();
}

uint32_t WorkerUpstream::NextGeneration() {
  generation_ = generation_ % ParkedConnection::kMaxGeneration + 1;
  return generation_;
}

ParkedConnection WorkerUpstream::Detach(uint64_t word) {
  const ParkedConnection parked = ParkedConnection::Decode(word);
  // Before the descriptor is watched here or closed: its number may be used again at once.
  const int owner = registry_.epoll_fd_of(parked.worker);
  if (owner >= 0) epoll_ctl(owner, EPOLL_CTL_DEL, static_cast<int>(parked.fd), nullptr);
  return parked;
}

void WorkerUpstream::Unwatch(int fd) {
  epoll_ctl(registry_.epoll_fd_of(index_), EPOLL_CTL_DEL, fd, nullptr);
}

}  // namespace sluice::upstream
