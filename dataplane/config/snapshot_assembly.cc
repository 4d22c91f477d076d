#include "dataplane/config/snapshot_assembly.h"

namespace sluice::config {

namespace {

bool SameEndpoints(const upstream::EndpointSet& a, const upstream::EndpointSet& b) {
  return a.endpoints == b.endpoints && a.locality_weights == b.locality_weights &&
         a.provisioning == b.provisioning;
}

void PrepareFresh(const CompiledCluster& one, upstream::Cluster& cluster,
                  upstream::Registry& registry) {
  registry.Publish(cluster, one.spec);
  if (one.spec->discovery == upstream::Discovery::kStatic)
    registry.SetEndpoints(cluster, one.endpoints);
}

}  // namespace

std::shared_ptr<const Snapshot> AssembleSnapshot(const Draft& draft, const Snapshot* served,
                                                 upstream::Registry& registry) {
  auto snapshot = std::make_shared<Snapshot>();
  snapshot->revision = draft.revision;
  snapshot->listeners = draft.listeners;
  if (served != nullptr && served->clusters->made_of == draft.clusters) {
    snapshot->clusters = served->clusters;
    return snapshot;
  }
  auto directory = std::make_shared<ClusterDirectory>();
  directory->made_of = draft.clusters;
  directory->entries.reserve(draft.clusters->size());
  directory->ids.reserve(draft.clusters->size());
  for (const std::shared_ptr<const CompiledCluster>& one : *draft.clusters) {
    const bool is_served = served != nullptr && served->FindCluster(one->spec->name).valid();
    std::shared_ptr<upstream::Cluster> cluster = registry.Prepare(one->spec);
    if (!is_served) PrepareFresh(*one, *cluster, registry);
    directory->ids.emplace(one->spec->name, cluster->id());
    directory->entries.push_back({one->spec, std::move(cluster)});
  }
  snapshot->clusters = std::move(directory);
  return snapshot;
}

void PublishClusters(const Draft& draft, const ClusterDirectory& clusters,
                     upstream::Registry& registry,
                     const std::function<bool(const upstream::ClusterSpec&)>& waits) {
  for (size_t i = 0; i < draft.clusters->size(); ++i) {
    const CompiledCluster& one = *(*draft.clusters)[i];
    upstream::Cluster& cluster = *clusters.entries[i].cluster;
    if (waits(*one.spec)) continue;
    registry.Publish(cluster, one.spec);
    if (one.spec->discovery != upstream::Discovery::kStatic) continue;
    const upstream::EndpointTable* table = cluster.endpoints();
    if (table != nullptr && SameEndpoints(table->source(), one.endpoints)) continue;
    registry.SetEndpoints(cluster, one.endpoints);
  }
}

}  // namespace sluice::config
