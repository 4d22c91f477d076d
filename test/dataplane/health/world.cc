#include "test/dataplane/health/world.h"

#include "dataplane/upstream/outlier_reporter.h"

namespace sluice::health {

using std::chrono::milliseconds;
using std::chrono::seconds;
using upstream::ClusterSpec;

HealthWorld::HealthWorld(HealthWatch::Options options)
    : world({.workers = 1,
             .free_elsewhere = {},
             .on_trip =
                 [this](upstream::ClusterId id, std::shared_ptr<upstream::Endpoint> endpoint,
                        upstream::Ejection type) { watch.OnTrip(id, *endpoint, type); }}),
      watch(world.worker.loop, world.registry, std::move(options)) {}

net::Address HealthWorld::AddressAt(size_t i) {
  return net::Address::Parse("127.0.0.1:" + std::to_string(i + 1)).value();
}

upstream::WorkerCluster& HealthWorld::Serve(ClusterSpec spec, size_t endpoints) {
  std::vector<net::Address> addresses;
  for (size_t i = 0; i < endpoints; ++i) addresses.push_back(AddressAt(i));
  return world.Serve(std::move(spec), addresses);
}

void HealthWorld::Publish(ClusterSpec spec) {
  world.registry.Publish(*world.cluster, std::make_shared<const ClusterSpec>(std::move(spec)));
}

void HealthWorld::Answer(size_t i, uint16_t status, int times) {
  upstream::WorkerCluster& cluster = *world.worker.upstream.Find(world.cluster->id());
  const std::shared_ptr<upstream::Endpoint> endpoint = world.cluster->endpoints()->endpoints()[i];
  upstream::OutlierReporter reporter(cluster, endpoint);
  for (int n = 0; n < times; ++n) reporter.OnAnswer(status);
}

upstream::HttpCheckSpec HttpCheck(std::string path) {
  upstream::HttpCheckSpec http;
  http.path = std::move(path);
  return http;
}

ClusterSpec CheckedSpec(std::variant<upstream::HttpCheckSpec, upstream::TcpCheckSpec> by) {
  ClusterSpec spec = upstream::Spec();
  upstream::HealthCheckSpec& check = spec.check.emplace();
  check.check = std::move(by);
  check.timeout = milliseconds(500);
  check.interval = check.unhealthy_interval = check.unhealthy_edge_interval =
      check.healthy_edge_interval = seconds(1);
  check.no_traffic_interval = check.no_traffic_healthy_interval = seconds(1);
  check.unhealthy_threshold = check.healthy_threshold = 2;
  return spec;
}

}  // namespace sluice::health
