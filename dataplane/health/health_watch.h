// Watches the endpoints of all clusters that ask for it: active checks and outlier detection.
//
// Owner: main. Threads: config, everything but the constructor (before that thread runs) and the
// destructor (after it ended); workers only read the health bytes this leads to. It follows the
// Registry as its observer, so a cluster is watched from when it is prepared to when no snapshot
// refers to it, and what was found of an address stays through every revision that keeps cluster,
// address and the kind of watching (design 4.3). A delayed worker tells of failures later, nothing
// else. A silent backend is bounded by the check's timeout. A restart begins with nothing known:
// endpoints of checked clusters are pending, and serve in panic until their first check.
#pragma once

#include <memory>
#include <string>

#include "absl/container/flat_hash_map.h"
#include "dataplane/health/cluster_checks.h"
#include "dataplane/health/health_context.h"
#include "dataplane/health/outlier_detector.h"

namespace sluice::health {

class HealthWatch final {
 public:
  struct Options {
    size_t checks_at_once = 256;
    std::string outlier_log;  // path; empty: none
    // Runs a task on a thread that may wait for disks; empty: here.
    EventLog::PostIo post_io = {};
    uint64_t seed = 0;  // of jitter and chances; 0: from the system
  };

  // Both outlive this object; `registry` has no other observer.
  HealthWatch(event::Loop& loop, upstream::Registry& registry, Options options);
  ~HealthWatch();
  HealthWatch(const HealthWatch&) = delete;
  HealthWatch& operator=(const HealthWatch&) = delete;

  // From Registry::Options.on_trip, brought here by message.
  void OnTrip(upstream::ClusterId id, const upstream::Endpoint& endpoint, upstream::Ejection type);

 private:
  // One cluster's.
  struct Watched {
    std::unique_ptr<OutlierDetector> outliers;
    std::unique_ptr<ClusterChecks> checks;
  };
  void OnChange(upstream::Cluster& cluster);

  event::Loop& loop_;
  upstream::Registry& registry_;
  base::Random random_;
  ProbeClusters probes_;
  CheckSlots slots_;
  EventLog log_;
  const HealthContext context_;
  absl::flat_hash_map<upstream::Cluster*, std::unique_ptr<Watched>> watched_;
};

}  // namespace sluice::health
