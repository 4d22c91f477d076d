// The endpoints of one STRICT_DNS cluster: asks for its names again and again, and publishes what
// they resolve to.
//
// A name that fails (no answer, SERVFAIL, nothing found) keeps its last good addresses: an outage
// of DNS is not one of the service. It is asked again after the failure interval, doubled up to its
// maximum, with jitter; else after dns_refresh_rate, or after the record's TTL where that is to
// be respected and not 0, but not later than kMaxTtl. The order of answers does not
// matter, so servers that rotate it cause no update.
//
// Owner: DnsClusters, one per cluster. Thread: the config loop. A spec with other names replaces
// the object; what was published stays until the new one knows better. A silent server is bounded by
// the resolver's timeout. After a restart names are asked for anew.
#pragma once

#include <functional>
#include <memory>
#include <vector>

#include "dataplane/base/random.h"
#include "dataplane/event/loop.h"
#include "dataplane/net/dns.h"
#include "dataplane/upstream/registry.h"

namespace sluice::upstream {

class DnsCluster final {
 public:
  static constexpr std::chrono::seconds kMaxTtl{3600};

  // `resolver` nullptr: every question fails. `on_first` is called once, never from inside the
  // constructor, when each name has been answered or has failed (not at all without names). It must
  // not destroy this object.
  DnsCluster(event::Loop& loop, net::DnsResolver* resolver, Registry& registry,
             std::shared_ptr<Cluster> cluster, base::Random& random,
             std::function<void()> on_first);
  ~DnsCluster();
  DnsCluster(const DnsCluster&) = delete;
  DnsCluster& operator=(const DnsCluster&) = delete;

  // Each name has been answered or has failed.
  bool warm() const { return unheard_ == 0; }
  // The names and intervals it was made from are those of `spec`.
  bool Serves(const ClusterSpec& spec) const;
  // When the oldest of the addresses in use was last confirmed; kNever if there are none.
  base::MonoTime oldest_answer() const;

 private:
  class Name;
  void Publish();
  void OnFirst();

  event::Loop& loop_;
  net::DnsResolver* const resolver_;
  Registry& registry_;
  const std::shared_ptr<Cluster> cluster_;
  const ClusterSpec spec_;
  base::Random& random_;
  std::function<void()> on_first_;
  size_t unheard_;  // names without a first answer
  std::vector<std::unique_ptr<Name>> names_;
};

}  // namespace sluice::upstream
