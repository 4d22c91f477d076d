// The seam between a cluster's endpoints and the way one is chosen: one object per priority level,
// built off the workers, immutable, shared by all of them.
//
// Implementations: RoundRobin and RandomChoice, one file each. A policy knows its level's members
// by position and reads their health bytes at pick time, so a change of health needs no rebuild.
// Pure: all that moves between picks is the caller's PickState.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <span>

#include "dataplane/balance/pick_state.h"

namespace sluice::balance {

// The effective health of an endpoint: assigned health now, active checks and ejection later.
enum class Health : uint8_t {
  kHealthy = 0,
  kDegraded = 1,   // used only while nobody is healthy
  kUnhealthy = 2,  // used only in panic
};

// xDS: Cluster.lb_policy.
enum class PolicyKind : uint8_t { kRoundRobin, kRandom };

// One endpoint as a policy sees it.
struct Candidate {
  const std::atomic<Health>* health;  // outlives the policy
  double weight;                      // > 0; only the ratio within the level counts
};

inline constexpr uint32_t kNobody = UINT32_MAX;

class BalancePolicy {
 public:
  virtual ~BalancePolicy() = default;
  // Position of a candidate whose health is not worse than `worst`, or kNobody. `hash` is for
  // policies that keep requests with equal hashes together.
  virtual uint32_t Pick(PickState& state, uint64_t hash, Health worst) const = 0;
};

// Never nullptr; an empty level always answers kNobody.
std::unique_ptr<const BalancePolicy> MakePolicy(PolicyKind kind, std::span<const Candidate> level);

}  // namespace sluice::balance
