// All endpoints of one cluster, arranged for picking: priority levels, each with its policy.
//
// Immutable; built by the config or build thread and shared by all workers, so that 25,000
// endpoints are arranged once and not once per worker. Who owns it: upstream::EndpointTable, which
// also maps positions to endpoints and keeps the health bytes alive. An endpoint update builds a
// new table; a change of health changes one byte that picks read.
//
// Which level serves (xDS: LocalityLbEndpoints.priority): the first one with anybody healthy, then
// the first with anybody degraded. With nobody available at all the first non-empty level is used
// whole (panic): a wrong opinion about health must not turn into an outage.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "dataplane/balance/pick_state.h"
#include "dataplane/balance/policy.h"

namespace sluice::balance {

struct Member {
  const std::atomic<Health>* health = nullptr;  // outlives the table
  uint32_t weight = 1;    // xDS: LbEndpoint.load_balancing_weight
  uint32_t priority = 0;  // 0 is served first; gaps are allowed
  uint32_t locality = 0;  // index into PickTable's locality_weights
};

class PickTable final {
 public:
  // `locality_weights` empty: localities do not matter. Otherwise each locality of a level gets
  // its weight's share, divided among its members by their weights, and a locality of weight 0
  // gets nothing (xDS: CommonLbConfig.locality_weighted_lb_config).
  PickTable(PolicyKind kind, std::span<const Member> members,
            std::span<const uint32_t> locality_weights);

  // Position in `members`, or kNobody when the table is empty.
  uint32_t Pick(PickState& state, uint64_t hash) const;

  size_t size() const { return size_; }

 private:
  struct Level {
    std::vector<uint32_t> members;  // level position -> member position
    std::unique_ptr<const BalancePolicy> policy;
  };
  std::vector<Level> levels_;  // by priority, without empty ones
  size_t size_;
};

}  // namespace sluice::balance
