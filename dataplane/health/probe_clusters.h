// The HTTP client side of health checks: a registry of its own in which each checked endpoint is a
// cluster of one.
//
// So a check goes through the same Call, pool and codecs as every request, to exactly the endpoint
// it is about, and yet takes nothing of the real cluster's breaker, connections or counts.
// Owner: HealthWatch. Thread: config; as its single worker it follows changes in a task of its own.
// A revision change replaces the cluster of a check whose spec changed. Nothing survives a restart.
#pragma once

#include <memory>

#include "dataplane/buffer/block_pool.h"
#include "dataplane/event/loop.h"
#include "dataplane/upstream/registry.h"
#include "dataplane/upstream/worker_cluster.h"

namespace sluice::health {

class ProbeClusters final : private event::Task {
 public:
  ProbeClusters(event::Loop& loop, uint64_t seed);
  ~ProbeClusters();
  ProbeClusters(const ProbeClusters&) = delete;
  ProbeClusters& operator=(const ProbeClusters&) = delete;

  // A cluster with that endpoint alone. `spec` gets a name of its own here.
  std::shared_ptr<upstream::Cluster> Make(upstream::ClusterSpec spec, const net::Address& address);
  // What Make gave is not needed any more.
  void Release(std::shared_ptr<upstream::Cluster> cluster);
  // For Call::Start; never nullptr for a cluster of Make.
  upstream::WorkerCluster* Find(const upstream::Cluster& cluster);

  event::Loop& loop() { return loop_; }
  buffer::BlockPool& blocks() { return blocks_; }

 private:
  void Run() override;

  event::Loop& loop_;
  buffer::BlockPool blocks_;
  upstream::Registry registry_;
  std::unique_ptr<upstream::WorkerUpstream> worker_;
  uint64_t made_ = 0;
};

}  // namespace sluice::health
