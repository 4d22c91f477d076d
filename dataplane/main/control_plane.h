// The ADS client with what it needs on the config thread: a place among the users of clusters.
//
// Owner: main; made and destroyed while the config loop does not run. Thread: config. The client
// uses clusters like a worker does, under an index of its own in the registry, so the end of each
// turn acknowledges changes of clusters. Revision changes, a silent peer and restarts are the
// client's business (xds/ads_client.h).
#pragma once

#include <memory>
#include <optional>

#include "dataplane/buffer/block_pool.h"
#include "dataplane/main/threads.h"
#include "dataplane/upstream/worker_cluster.h"
#include "dataplane/xds/ads_client.h"

namespace sluice::main {

class ControlPlane final : private event::Task {
 public:
  // `index` < Registry::Options.workers, and nobody else's.
  ControlPlane(Threads threads, upstream::Registry& registry, uint32_t index);
  ~ControlPlane();

  // On config, once its cluster is in the registry; once. `consumer` outlives this object.
  void Connect(xds::Consumer& consumer, xds::AdsOptions options);

  // Any thread, after Connect on the config thread was done; until then "not connected".
  xds::Status status() const;
  // Likewise; nullptr until then. Lives as long as this object.
  const xds::DiscoveryStats* stats() const;

 private:
  void Run() override { upstream_->EndTurn(); }

  const Threads threads_;
  buffer::BlockPool blocks_;
  std::unique_ptr<upstream::WorkerUpstream> upstream_;
  std::unique_ptr<xds::AdsClient> client_;
  std::atomic<const xds::AdsClient*> connected_{nullptr};
};

}  // namespace sluice::main
