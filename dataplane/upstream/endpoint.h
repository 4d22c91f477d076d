// One address of one cluster, process-wide: what must survive revisions and is shared by workers.
//
// Owner: the cluster's EndpointTables by shared_ptr (an address that stays keeps its Endpoint from
// table to table) and every worker's Pool to it; freed with the last of them, on any thread.
// Threads: address and names never change; the health byte is written by the config thread and
// read at every pick; claim words are written by any worker (claims.h).
// A revision that changes weight or priority leaves the Endpoint alone (both live in the table);
// one that drops the address sets `listed` to false: workers close their idle connections, running
// calls finish. A delayed worker picks from its old table until its turn ends. A silent peer is
// found by connect and idle timeouts. Nothing survives a restart.
#pragma once

#include <atomic>
#include <string>

#include "dataplane/balance/policy.h"
#include "dataplane/net/address.h"
#include "dataplane/upstream/breaker.h"
#include "dataplane/upstream/claims.h"
#include "dataplane/upstream/wanted.h"

namespace sluice::upstream {

class Endpoint final {
 public:
  Endpoint(net::Address address, std::string hostname)
      : address_(address), address_text_(address.ToString()), hostname_(std::move(hostname)) {}
  Endpoint(const Endpoint&) = delete;
  Endpoint& operator=(const Endpoint&) = delete;

  const net::Address& address() const { return address_; }
  // "10.0.0.1:80", made once: logs and headers borrow it.
  const std::string& address_text() const { return address_text_; }
  // xDS: Endpoint.hostname, or the DNS name it came from; may be empty.
  const std::string& hostname() const { return hostname_; }

  const std::atomic<balance::Health>& health() const { return health_; }
  void set_health(balance::Health health) { health_.store(health, std::memory_order_relaxed); }
  // Part of the cluster's current endpoints.
  bool listed() const { return listed_.load(std::memory_order_relaxed); }
  void set_listed(bool listed) { listed_.store(listed, std::memory_order_relaxed); }

  Claims& claims() { return claims_; }
  // Workers with calls that wait for a connection to this endpoint, and those of them that have not
  // one connection to it.
  Wanted& wanted() { return wanted_; }
  Wanted& starving() { return starving_; }
  // Against per_host_thresholds.
  InUse& connections() { return connections_; }
  const InUse& connections() const { return connections_; }

 private:
  const net::Address address_;
  const std::string address_text_;
  const std::string hostname_;
  std::atomic<balance::Health> health_{balance::Health::kHealthy};
  std::atomic<bool> listed_{true};
  Claims claims_;
  Wanted wanted_;
  Wanted starving_;
  InUse connections_;
};

}  // namespace sluice::upstream
