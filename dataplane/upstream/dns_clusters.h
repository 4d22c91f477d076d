// All STRICT_DNS clusters of the process: which names are followed, and whether they are warm.
//
// Owner: main. Thread: the config loop, everything, also the constructor; the destructor once that
// loop has ended. At a revision change Follow gets the clusters of the new one: those that stay are
// not disturbed, those that left are no longer asked for. A silent DNS delays `warmed` by at most
// the warm timeout; what is cold then is served cold. Nothing survives a restart.
#pragma once

#include <functional>
#include <memory>
#include <span>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "dataplane/base/random.h"
#include "dataplane/event/loop.h"
#include "dataplane/net/dns.h"
#include "dataplane/upstream/dns_cluster.h"
#include "dataplane/upstream/registry.h"

namespace sluice::upstream {

class DnsClusters final : private event::Task, private event::Timer::Handler {
 public:
  struct Options {
    net::DnsResolver::Options resolver;
    base::Duration warm_timeout = std::chrono::seconds(2);
  };

  // Both outlive this object. Without a working resolver names just fail (and that is logged).
  DnsClusters(event::Loop& loop, Registry& registry) : DnsClusters(loop, registry, Options()) {}
  DnsClusters(event::Loop& loop, Registry& registry, Options options);
  DnsClusters(const DnsClusters&) = delete;
  DnsClusters& operator=(const DnsClusters&) = delete;

  // From now on exactly the STRICT_DNS clusters among `clusters` are followed, by the specs they
  // serve now. `warmed` is called once, on a later turn, when each of their names has been answered
  // or has failed, or after the warm timeout; calls that still wait share the wait.
  void Follow(std::span<const std::shared_ptr<Cluster>> clusters, std::function<void()> warmed);

  size_t size() const { return clusters_.size(); }

 private:
  void Run() override;
  void OnTimer(event::Timer& timer) override;
  void CallWarmed();

  event::Loop& loop_;
  Registry& registry_;
  const base::Duration warm_timeout_;
  base::Random random_ = base::Random::FromSystem();
  std::unique_ptr<net::DnsResolver> resolver_;
  absl::flat_hash_map<const Cluster*, std::unique_ptr<DnsCluster>> clusters_;
  std::vector<std::function<void()>> warmed_;
  event::Timer warm_timer_;
};

}  // namespace sluice::upstream
