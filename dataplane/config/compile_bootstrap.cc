#include "dataplane/config/compile_bootstrap.h"

#include <fmt/format.h>

#include "dataplane/config/compile_listeners.h"
#include "dataplane/config/implemented_fields.h"

namespace sluice::config {

namespace {

using envoy::config::bootstrap::v3::Bootstrap;

// The proxies of the registry are made as clusters compile: what the registry knows by name keeps
// its state, whatever becomes of this configuration.
void CompileClusters(const Bootstrap& bootstrap, upstream::Registry& registry, ErrorList& errors,
                     Snapshot& out) {
  const auto& clusters = bootstrap.static_resources().clusters();
  std::vector<CompiledCluster> compiled;
  for (int i = 0; i < clusters.size(); ++i) {
    const std::string path = IndexPath("static_resources.clusters", i);
    if (!clusters[i].name().empty() && out.cluster_ids.contains(clusters[i].name())) {
      errors.Add(JoinPath(path, "name"), fmt::format("'{}' is taken by another cluster", clusters[i].name()));
    }
    out.cluster_ids[clusters[i].name()] = {};
    if (auto cluster = CompileCluster(clusters[i], path, errors)) compiled.push_back(*std::move(cluster));
  }
  if (!errors.empty()) return;
  for (const CompiledCluster& one : compiled) {
    std::shared_ptr<upstream::Cluster> cluster = registry.Prepare(one.spec);
    if (one.spec->discovery == upstream::Discovery::kStatic) {
      registry.SetEndpoints(*cluster, one.endpoints);
    }
    out.cluster_ids[one.spec->name] = cluster->id();
    out.clusters.push_back({one.spec, std::move(cluster)});
  }
}

void CompileListeners(const Bootstrap& bootstrap, stats::HttpStatsRegistry& stats, ErrorList& errors,
                      Snapshot& out) {
  const auto& listeners = bootstrap.static_resources().listeners();
  for (int i = 0; i < listeners.size(); ++i) {
    const std::string path = IndexPath("static_resources.listeners", i);
    for (int j = 0; j < i; ++j) {
      if (!listeners[i].name().empty() && listeners[j].name() == listeners[i].name()) {
        errors.Add(JoinPath(path, "name"), fmt::format("'{}' is taken by another listener", listeners[i].name()));
      }
    }
    auto spec = CompileListener(listeners[i], path, stats, errors);
    if (spec != nullptr) out.listeners.push_back(std::move(spec));
  }
}

// Routes to clusters that do not exist answer 503 at run time, unless the table asks to be refused.
void CheckReferences(const Snapshot& snapshot, ErrorList& errors) {
  for (size_t i = 0; i < snapshot.listeners.size(); ++i) {
    const route::Table& table = *snapshot.listeners[i]->http->routes;
    if (!table.options().validate_clusters) continue;
    for (const route::ClusterReference& reference : table.clusters()) {
      if (snapshot.cluster_ids.contains(reference.cluster)) continue;
      errors.Add(reference.field_path, fmt::format("there is no cluster '{}'", reference.cluster));
    }
  }
}

}  // namespace

std::shared_ptr<const Snapshot> CompileBootstrap(const Bootstrap& bootstrap,
                                                 stats::HttpStatsRegistry& stats,
                                                 upstream::Registry& registry, ErrorList& errors) {
  const size_t before = errors.size();
  RefuseAllBut(bootstrap, {"node", "static_resources", "admin", "stats_flush_interval"}, "", errors);
  RefuseAllBut(bootstrap.static_resources(), {"listeners", "clusters"}, "static_resources", errors);
  auto snapshot = std::make_shared<Snapshot>();
  CompileListeners(bootstrap, stats, errors, *snapshot);
  CompileClusters(bootstrap, registry, errors, *snapshot);
  if (errors.size() == before) CheckReferences(*snapshot, errors);
  if (errors.size() != before) return nullptr;
  return snapshot;
}

net::Address AdminAddress(const Bootstrap& bootstrap, ErrorList& errors) {
  if (!bootstrap.has_admin()) return {};
  RefuseAllBut(bootstrap.admin(), {"address"}, "admin", errors);
  const auto& socket = bootstrap.admin().address().socket_address();
  if (socket.port_value() > 65535) {
    errors.Add("admin.address.socket_address.port_value", "must be at most 65535");
    return {};
  }
  auto address = net::Address::FromIp(socket.address(), static_cast<uint16_t>(socket.port_value()));
  if (address.ok()) return *address;
  errors.Add("admin.address.socket_address.address", std::string(address.status().message()));
  return {};
}

}  // namespace sluice::config
