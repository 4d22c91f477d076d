#include "dataplane/health/health_watch.h"

#include <utility>

namespace sluice::health {

namespace {

base::Random Seeded(uint64_t seed) {
  return seed == 0 ? base::Random::FromSystem() : base::Random(seed);
}

EventLog::PostIo OrHere(EventLog::PostIo post_io) {
  if (post_io) return post_io;
  return [](const std::function<void()>& task) { task(); };
}

}  // namespace

HealthWatch::HealthWatch(event::Loop& loop, upstream::Registry& registry, Options options)
    : loop_(loop),
      registry_(registry),
      random_(Seeded(options.seed)),
      probes_(loop, random_()),
      slots_(options.checks_at_once),
      log_(loop, OrHere(std::move(options.post_io)), std::move(options.outlier_log)),
      context_{loop_, registry_, probes_, slots_, random_, log_} {
  registry_.SetObserver([this](upstream::Cluster& cluster) { OnChange(cluster); });
}

HealthWatch::~HealthWatch() {
  registry_.SetObserver({});
  watched_.clear();
}

void HealthWatch::OnChange(upstream::Cluster& cluster) {
  const upstream::ClusterSpec& spec = cluster.spec();
  const bool wanted = !cluster.withdrawn() && (spec.check || spec.outlier);
  const auto found = watched_.find(&cluster);
  if (!wanted) {
    if (found != watched_.end()) watched_.erase(found);
    return;
  }
  if (found == watched_.end()) watched_[&cluster] = std::make_unique<Watched>();
  Watched& watched = *watched_[&cluster];
  if (!spec.outlier) {
    watched.outliers = nullptr;
  } else if (watched.outliers != nullptr) {
    watched.outliers->Update();
  } else {
    watched.outliers = std::make_unique<OutlierDetector>(context_, cluster);
  }
  if (!spec.check) {
    watched.checks = nullptr;
  } else if (watched.checks != nullptr) {
    watched.checks->Update();
  } else {
    watched.checks = std::make_unique<ClusterChecks>(
        context_, cluster, [&watched](const upstream::Endpoint& endpoint) {
          if (watched.outliers != nullptr) watched.outliers->OnCheckPassed(endpoint);
        });
  }
}

void HealthWatch::OnTrip(upstream::ClusterId id, const upstream::Endpoint& endpoint,
                         upstream::Ejection type) {
  const auto found = watched_.find(registry_.Find(id));
  if (found == watched_.end() || found->second->outliers == nullptr) return;
  found->second->outliers->OnTrip(endpoint, type);
}

}  // namespace sluice::health
