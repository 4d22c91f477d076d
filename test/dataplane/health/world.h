// What the tests of health/ share: one worker whose clusters are watched, on one loop with virtual
// time.
#pragma once

#include <string>
#include <vector>

#include "dataplane/health/health_watch.h"
#include "test/dataplane/upstream/world.h"

namespace sluice::health {

class HealthWorld {
 public:
  explicit HealthWorld(HealthWatch::Options options = WithSeed());
  static HealthWatch::Options WithSeed() {
    return {.outlier_log = {}, .post_io = {}, .seed = 1};
  }

  // Publishes a cluster to endpoints that nobody needs to listen on, unless requests are made.
  upstream::WorkerCluster& Serve(upstream::ClusterSpec spec, std::vector<net::Address> addresses) {
    return world.Serve(std::move(spec), std::move(addresses));
  }
  upstream::WorkerCluster& Serve(upstream::ClusterSpec spec, size_t endpoints);
  static net::Address AddressAt(size_t i);
  // Serves another spec of the same cluster.
  void Publish(upstream::ClusterSpec spec);
  // What a worker does with `times` answers of `status` from endpoint `i`.
  void Answer(size_t i, uint16_t status, int times = 1);
  upstream::Endpoint& At(size_t i) { return world.EndpointAt(i); }
  // "/failed_active_hc", "healthy".
  std::string Flags(size_t i) { return upstream::HealthFlags(At(i).reasons()); }
  const upstream::HealthStats& stats() const { return world.cluster->health_stats(); }

  upstream::World world;
  HealthWatch watch;
};

// A spec whose endpoints are checked each second, timeout 500 ms, thresholds 2 and 2.
upstream::ClusterSpec CheckedSpec(std::variant<upstream::HttpCheckSpec, upstream::TcpCheckSpec> by);
upstream::HttpCheckSpec HttpCheck(std::string path = "/health");

}  // namespace sluice::health
