// How a cluster spreads its requests: the compiled settings, plain values.
//
// Made by config/compile_balancing, part of upstream::ClusterSpec, immutable. Two equal values arrange
// the same endpoints into the same PickTable. Nothing here is state.
#pragma once

#include <chrono>
#include <cstdint>

#include "dataplane/base/clock.h"

namespace sluice::balance {

// xDS: Cluster.lb_policy, or the extension of the same name in Cluster.load_balancing_policy.
enum class PolicyKind : uint8_t { kRoundRobin, kRandom, kLeastRequest, kRingHash, kMaglev };

// xDS: RingHashLbConfig.hash_function.
enum class HashFunction : uint8_t { kXxHash, kMurmurHash2 };

// An endpoint that became healthy gets a growing part of its weight for a while (xDS:
// SlowStartConfig): (age / window) ^ (1 / aggression), at least min_weight.
struct SlowStart {
  base::Duration window{0};  // zero: off
  double aggression = 1.0;   // > 0
  double min_weight = 0.1;   // 0 to 1
  // `age` < window; a younger age than 1 ms counts as 1 ms, as in Envoy.
  double Factor(base::Duration age) const;
  friend bool operator==(const SlowStart&, const SlowStart&) = default;
};

struct Balancing {
  PolicyKind policy = PolicyKind::kRoundRobin;
  // xDS: CommonLbConfig.locality_weighted_lb_config.
  bool locality_weighted = false;
  // Below this percentage of usable members a level is used whole; 0: never (xDS:
  // CommonLbConfig.healthy_panic_threshold).
  uint32_t panic_percent = 50;
  SlowStart slow_start = {};  // kRoundRobin, kLeastRequest

  // kLeastRequest (xDS: LeastRequestLbConfig).
  uint32_t choice_count = 2;
  double active_request_bias = 1.0;

  // kRingHash (xDS: RingHashLbConfig).
  uint64_t min_ring_size = 1024;
  uint64_t max_ring_size = 8 * 1024 * 1024;
  HashFunction hash_function = HashFunction::kXxHash;
  // kMaglev: a prime (xDS: MaglevLbConfig.table_size).
  uint64_t maglev_table_size = 65537;
  // Both: hash the endpoint's hostname and not its address (xDS: ConsistentHashingLbConfig).
  bool hash_hostname = false;

  bool uses_hash() const { return policy == PolicyKind::kRingHash || policy == PolicyKind::kMaglev; }
  bool counts_active() const { return policy == PolicyKind::kLeastRequest; }
  friend bool operator==(const Balancing&, const Balancing&) = default;
};

// How much of a priority level may be down before load moves on; comes with the endpoints (xDS:
// ClusterLoadAssignment.Policy).
struct Provisioning {
  uint32_t factor_percent = 140;     // overprovisioning_factor, > 0
  bool weighted_by_endpoint = false;  // weighted_priority_health: levels count weights, not members
  friend bool operator==(const Provisioning&, const Provisioning&) = default;
};

}  // namespace sluice::balance
