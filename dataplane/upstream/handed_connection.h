// An idle connection on its way from the worker that freed it to one that waits for it.
//
// Owner: the mailbox message; the receiver takes the connection out, and a message that is never run
// closes it. It keeps the cluster from being freed, and the units of its limits stay taken meanwhile.
// Threads: made on one worker, used and destroyed on another. A revision change or a cluster that is
// withdrawn meanwhile: the receiver drops it. A delayed receiver delays only its own waiting calls.
#pragma once

#include <unistd.h>

#include <memory>
#include <utility>

#include "dataplane/upstream/claims.h"
#include "dataplane/upstream/cluster.h"
#include "dataplane/upstream/endpoint.h"

namespace sluice::upstream {

class HandedConnection final {
 public:
  // `parked` names a descriptor that nobody watches any more.
  HandedConnection(Cluster& cluster, std::shared_ptr<Endpoint> endpoint,
                   const ParkedConnection& parked, base::MonoTime sent)
      : cluster_(cluster), endpoint_(std::move(endpoint)), parked_(parked), sent_(sent) {}
  ~HandedConnection() {
    if (taken_) return;
    close(static_cast<int>(parked_.fd));
    if (parked_.counted) cluster_->breaker().connections.Release();
    if (parked_.host_counted) endpoint_->connections().Release();
  }
  HandedConnection(const HandedConnection&) = delete;
  HandedConnection& operator=(const HandedConnection&) = delete;

  ClusterId cluster() const { return cluster_->id(); }
  const std::shared_ptr<Endpoint>& endpoint() const { return endpoint_; }
  base::MonoTime sent() const { return sent_; }
  // The caller owns the descriptor and the units from now on.
  const ParkedConnection& Take() {
    taken_ = true;
    return parked_;
  }

 private:
  ClusterUse cluster_;
  const std::shared_ptr<Endpoint> endpoint_;
  const ParkedConnection parked_;
  const base::MonoTime sent_;
  bool taken_ = false;
};

}  // namespace sluice::upstream
