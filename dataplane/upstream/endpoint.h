// One address of one cluster, process-wide: what must survive revisions and is shared by workers.
//
// Owner: the cluster's EndpointTables by shared_ptr (an address that stays keeps its Endpoint from
// table to table) and every worker's Pool to it; freed with the last of them, on any thread.
// Threads: address and names never change; `state` says itself who writes what; the reasons of its
// health are written by the config thread (Registry::Mark); claim words and the counts of failures
// are written by any worker (claims.h, outlier_counts.h).
// A revision that changes weight or priority leaves the Endpoint alone (both live in the table),
// what active checks and outlier detection found included;
// one that drops the address sets `listed` to false: workers close their idle connections, running
// calls finish. A delayed worker picks from its old table until its turn ends. A silent peer is
// found by connect and idle timeouts. Nothing survives a restart.
#pragma once

#include <atomic>
#include <string>

#include "dataplane/balance/endpoint_state.h"
#include "dataplane/net/address.h"
#include "dataplane/upstream/breaker.h"
#include "dataplane/upstream/claims.h"
#include "dataplane/upstream/health_reasons.h"
#include "dataplane/upstream/outlier_counts.h"
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

  // What picks read in place.
  balance::EndpointState& state() { return state_; }
  const balance::EndpointState& state() const { return state_; }
  const std::atomic<balance::Health>& health() const { return state_.health; }
  // Why health() is what it is; any thread.
  HealthReasons reasons() const { return reasons_.load(std::memory_order_relaxed); }
  // Config thread; for the Registry and its tables, which set health() by what this returns; others
  // call Registry::Mark. Afterwards exactly `set` holds of the bits in `which`.
  balance::Health SetReasons(HealthReasons which, HealthReasons set) {
    const HealthReasons now = (reasons() & ~which) | set;
    reasons_.store(now, std::memory_order_relaxed);
    return EffectiveHealth(now);
  }
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
  OutlierCounts& outlier() { return outlier_; }

 private:
  const net::Address address_;
  const std::string address_text_;
  const std::string hostname_;
  balance::EndpointState state_;
  std::atomic<HealthReasons> reasons_{0};
  std::atomic<bool> listed_{true};
  Claims claims_;
  Wanted wanted_;
  Wanted starving_;
  InUse connections_;
  OutlierCounts outlier_;
};

}  // namespace sluice::upstream
