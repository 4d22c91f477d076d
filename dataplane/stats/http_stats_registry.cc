#include "dataplane/stats/http_stats_registry.h"

namespace sluice::stats {

std::shared_ptr<HttpStatsSet> HttpStatsRegistry::Get(const std::string& prefix) {
  std::lock_guard lock(mutex_);
  for (const auto& set : sets_) {
    if (set->prefix() == prefix) return set;
  }
  return sets_.emplace_back(std::make_shared<HttpStatsSet>(prefix, workers_));
}

}  // namespace sluice::stats
