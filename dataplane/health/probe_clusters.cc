#include "dataplane/health/probe_clusters.h"

#include <fmt/format.h>

#include <utility>

#include "dataplane/base/check.h"

namespace sluice::health {

ProbeClusters::ProbeClusters(event::Loop& loop, uint64_t seed)
    : loop_(loop),
      registry_({.workers = 1, .share_idle = false, .free_elsewhere = {}, .on_trip = {}}),
      worker_(std::make_unique<upstream::WorkerUpstream>(0, registry_, loop, blocks_, seed)) {}

ProbeClusters::~ProbeClusters() {
  event::Task::Unlink();
  // Connections are freed at the end of a turn.
  worker_ = nullptr;
  loop_.RunUntilIdle();
}

std::shared_ptr<upstream::Cluster> ProbeClusters::Make(upstream::ClusterSpec spec,
                                                       const net::Address& address) {
  spec.name = fmt::format("{}/{}", spec.name, ++made_);
  auto cluster = registry_.Prepare(std::make_shared<const upstream::ClusterSpec>(std::move(spec)));
  upstream::EndpointSet set;
  set.endpoints.emplace_back().address = address;
  registry_.SetEndpoints(*cluster, std::move(set));
  return cluster;
}

void ProbeClusters::Release(std::shared_ptr<upstream::Cluster> cluster) {
  cluster.reset();
  loop_.Post(*this);
}

upstream::WorkerCluster* ProbeClusters::Find(const upstream::Cluster& cluster) {
  return worker_->Find(cluster.id());
}

// A task begins with nothing of a call on the stack, which is what the end of a turn is needed for.
void ProbeClusters::Run() {
  registry_.Collect();
  worker_->EndTurn();
  registry_.Collect();
}

}  // namespace sluice::health
