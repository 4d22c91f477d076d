#include "dataplane/config/compiler.h"

#include <fmt/format.h>

#include "dataplane/config/ads_source.h"
#include "dataplane/config/compile_round.h"
#include "dataplane/config/implemented_fields.h"

namespace sluice::config {

namespace {

using envoy::config::bootstrap::v3::Bootstrap;

void CheckDynamic(const Bootstrap& bootstrap, ErrorList& errors) {
  const auto& dynamic = bootstrap.dynamic_resources();
  if (dynamic.has_cds_config())
    CheckAdsSource(dynamic.cds_config(), "dynamic_resources.cds_config", errors);
  if (dynamic.has_lds_config())
    CheckAdsSource(dynamic.lds_config(), "dynamic_resources.lds_config", errors);
}

template <typename Resources>
void CheckNames(const Resources& resources, std::string_view path, std::string_view what,
                ErrorList& errors) {
  absl::flat_hash_set<std::string> names;
  for (int i = 0; i < resources.size(); ++i) {
    const std::string& name = resources[i].name();
    if (name.empty() || names.insert(name).second) continue;
    errors.Add(JoinPath(IndexPath(path, i), "name"),
               fmt::format("'{}' is taken by another {}", name, what));
  }
}

}  // namespace

Compiler::Compiler(const Bootstrap& bootstrap, stats::HttpStatsRegistry& stats)
    : bootstrap_(bootstrap),
      stats_(stats),
      last_clusters_(std::make_shared<const Draft::Clusters>()) {}

std::shared_ptr<const Draft> Compiler::CompileStatics(ErrorList& errors) {
  const size_t before = errors.size();
  const auto& resources = bootstrap_.static_resources();
  RefuseAllBut(bootstrap_,
               {"node", "static_resources", "dynamic_resources", "admin", "stats_flush_interval",
                "cluster_manager"},
               "", errors);
  RefuseAllBut(bootstrap_.cluster_manager(), {"outlier_detection"}, "cluster_manager", errors);
  RefuseAllBut(resources, {"listeners", "clusters"}, "static_resources", errors);
  CheckDynamic(bootstrap_, errors);
  CheckNames(resources.clusters(), "static_resources.clusters", "cluster", errors);
  CheckNames(resources.listeners(), "static_resources.listeners", "listener", errors);
  for (int i = 0; i < resources.clusters_size(); ++i) {
    auto cluster =
        CompileCluster(resources.clusters(i), IndexPath("static_resources.clusters", i), errors);
    if (cluster)
      static_clusters_.push_back(std::make_shared<const CompiledCluster>(*std::move(cluster)));
  }
  for (int i = 0; i < resources.listeners_size(); ++i) {
    static_listeners_.push_back(
        {&resources.listeners(i), IndexPath("static_resources.listeners", i)});
  }
  const Order none{.wanted = {}, .mode = Mode::kKeepGood, .revision = 0, .held = nullptr};
  std::shared_ptr<const Draft> draft = CompileRound(*this, none).RunStatics(errors);
  return errors.size() == before ? draft : nullptr;
}

Compiler::Result Compiler::Compile(const Order& order) { return CompileRound(*this, order).Run(); }

}  // namespace sluice::config
