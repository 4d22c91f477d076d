// The compiled configuration of one cluster, and of its endpoints: plain values.
//
// Made by config/compile_clusters, immutable afterwards, shared by all threads. A revision that
// changes anything about a cluster brings a new ClusterSpec for the same Cluster (cluster.h);
// whoever holds an old one keeps it alive. Nothing here is state.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "dataplane/balance/balancing.h"
#include "dataplane/balance/endpoint_state.h"
#include "dataplane/base/clock.h"
#include "dataplane/net/address.h"
#include "dataplane/net/dns.h"
#include "dataplane/upstream/health_check_spec.h"
#include "dataplane/upstream/outlier_spec.h"

namespace sluice::upstream {

enum class Protocol : uint8_t { kHttp1, kHttp2 };
// Where endpoints come from (xDS: Cluster.type).
enum class Discovery : uint8_t { kStatic, kStrictDns, kEds };

// xDS: CircuitBreakers.Thresholds of the default priority. kUnlimited: not counted at all.
struct BreakerLimits {
  static constexpr uint32_t kUnlimited = UINT32_MAX;
  uint32_t max_connections = 1024;
  uint32_t max_pending_requests = 1024;
  uint32_t max_requests = 1024;
  uint32_t max_connections_per_host = kUnlimited;  // xDS: per_host_thresholds
  uint32_t max_retries = 3;
  // xDS: retry_budget; takes the place of max_retries.
  bool retry_share = false;
  double retry_percent = 20;  // of the requests under way
  uint32_t min_retries = 3;
};

// The budget of retries by rate (retry_budget.h).
struct RetryRate {
  uint32_t permille = 200;    // of a retry, deposited by each first attempt
  uint32_t reserve = 10;      // retries at the start
  uint32_t most_saved = 100;  // retries
};

// One address, ready to be connected to.
struct EndpointSpec {
  net::Address address;
  std::string hostname;  // xDS: Endpoint.hostname, or the DNS name; may be empty
  uint32_t weight = 1;
  uint32_t priority = 0;
  uint32_t locality = 0;  // index into EndpointSet.locality_weights
  balance::Health health = balance::Health::kHealthy;  // xDS: LbEndpoint.health_status
  bool draining = false;  // kUnhealthy because the status is DRAINING
  EndpointCheck check;
  friend bool operator==(const EndpointSpec&, const EndpointSpec&) = default;
};

// All endpoints of a cluster at one moment. Addresses are unique: of two entries with one address
// the first is kept.
struct EndpointSet {
  std::vector<EndpointSpec> endpoints;
  std::vector<uint32_t> locality_weights;  // empty: localities do not matter
  balance::Provisioning provisioning = {};
};

// A name to resolve (Discovery::kStrictDns); every address found becomes an endpoint like it.
struct DnsTarget {
  std::string name;
  uint16_t port = 0;
  EndpointSpec like;  // all but the address
  friend bool operator==(const DnsTarget&, const DnsTarget&) = default;
};

// PINGs on an HTTP/2 connection with streams, so that a peer that has vanished is noticed although
// nothing has to be sent (xDS: KeepaliveSettings).
struct Keepalive {
  base::Duration interval{0};  // zero: none
  base::Duration timeout{0};   // without an answer for this long the connection is closed
};

struct ClusterSpec {
  std::string name;
  std::string alt_stat_name;  // xDS: Cluster.alt_stat_name; empty: `name`
  Discovery discovery = Discovery::kStatic;
  std::string eds_service_name;  // kEds: the resource to ask for
  Protocol protocol = Protocol::kHttp1;
  balance::Balancing balancing;

  base::Duration connect_timeout = std::chrono::seconds(5);
  // An unused connection is closed after this; zero: never. Below the 60 s at which many servers
  // close, so that we close first and a request never races with their FIN.
  base::Duration idle_timeout = std::chrono::seconds(55);
  uint32_t max_requests_per_connection = 0;  // 0: no limit
  uint32_t max_concurrent_streams = 1024;    // HTTP/2, per connection; the peer may allow fewer
  uint32_t initial_stream_window = 64 * 1024;
  uint32_t initial_connection_window = 1024 * 1024;
  Keepalive keepalive;                       // HTTP/2
  BreakerLimits breaker;
  RetryRate retry_rate;
  std::optional<HealthCheckSpec> check;      // nullopt: nobody is checked
  std::optional<OutlierSpec> outlier;        // nullopt: nobody is ejected

  base::Duration dns_refresh_rate = std::chrono::seconds(5);
  base::Duration dns_failure_base = std::chrono::seconds(5);
  base::Duration dns_failure_max = std::chrono::seconds(5);
  bool respect_dns_ttl = false;
  net::DnsFamily dns_family = net::DnsFamily::kAuto;
  std::vector<DnsTarget> dns_targets;           // kStrictDns
  std::vector<uint32_t> dns_locality_weights;   // as EndpointSet.locality_weights
  balance::Provisioning dns_provisioning;

  // Connections made under unequal keys must not serve each other's requests.
  uint64_t transport_key() const { return static_cast<uint64_t>(protocol); }
};

}  // namespace sluice::upstream
