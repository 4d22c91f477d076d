#include "dataplane/upstream/dns_clusters.h"

#include <algorithm>
#include <utility>

#include "dataplane/base/log.h"

namespace sluice::upstream {

DnsClusters::DnsClusters(event::Loop& loop, Registry& registry, Options options)
    : loop_(loop),
      registry_(registry),
      warm_timeout_(options.warm_timeout),
      warm_timer_(loop.timers(), *this) {
  auto resolver = net::DnsResolver::Create(loop, std::move(options.resolver));
  if (resolver.ok()) {
    resolver_ = *std::move(resolver);
  } else {
    base::LogError("names cannot be resolved: {}", resolver.status().ToString());
  }
}

void DnsClusters::Follow(std::span<const std::shared_ptr<Cluster>> clusters,
                         std::function<void()> warmed) {
  absl::flat_hash_map<const Cluster*, std::unique_ptr<DnsCluster>> next;
  for (const std::shared_ptr<Cluster>& cluster : clusters) {
    const ClusterSpec& spec = cluster->spec();
    if (spec.discovery != Discovery::kStrictDns) continue;
    std::unique_ptr<DnsCluster>& place = next[cluster.get()];
    if (place != nullptr) continue;
    if (const auto kept = clusters_.find(cluster.get()); kept != clusters_.end()) {
      if (kept->second != nullptr && kept->second->Serves(spec)) place = std::move(kept->second);
    }
    if (place != nullptr) continue;
    place = std::make_unique<DnsCluster>(loop_, resolver_.get(), registry_, cluster, random_,
                                         [this] { loop_.Post(*this); });
  }
  clusters_ = std::move(next);
  warmed_.push_back(std::move(warmed));
  if (!warm_timer_.armed()) warm_timer_.ArmAt(loop_.now() + warm_timeout_);
  loop_.Post(*this);
}

void DnsClusters::Run() {
  const bool warm = std::all_of(clusters_.begin(), clusters_.end(),
                                [](const auto& entry) { return entry.second->warm(); });
  if (warm) CallWarmed();
}

void DnsClusters::OnTimer(event::Timer&) { CallWarmed(); }

void DnsClusters::CallWarmed() {
  warm_timer_.Disarm();
  for (const std::function<void()>& warmed : std::exchange(warmed_, {})) {
    if (warmed) warmed();
  }
}

}  // namespace sluice::upstream
