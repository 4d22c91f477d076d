// Least active requests over one priority level (xDS: Cluster.lb_policy LEAST_REQUEST).
//
// Equal weights: of choice_count members drawn at random the one with the fewest requests under way.
// Unequal weights: in the long run each member gets a share in the ratio
//     weight / (active + 1) ^ active_request_bias
// as Envoy documents it, but without a schedule that moves with every request: a Metropolis walk
// goes on from the worker's last pick, and each of choice_count draws by weight replaces it with the
// probability min(1, ((active_old + 1) / (active_new + 1)) ^ bias). Its shares are exact whatever the
// counts, and a pick costs choice_count draws for any number of members.
// A draw passes over members in slow start by their factor. Immutable; see policy.h. The counts are
// kept by upstream::Call in clusters whose policy asks for them.
#pragma once

#include <cstdint>
#include <span>

#include "dataplane/balance/policy.h"
#include "dataplane/balance/random_choice.h"

namespace sluice::balance {

class LeastRequest final : public BalancePolicy {
 public:
  LeastRequest(std::span<const Candidate> candidates, const Balancing& balancing, uint32_t slot = 0);

  uint32_t Pick(PickState& state, uint64_t hash, States states, Serve serve) const override;

 private:
  uint32_t PickFewest(PickState& state, States states, Serve serve) const;
  uint32_t PickByWalk(PickState& state, States states, Serve serve) const;

  const uint64_t id_;  // unique in the process: PickState::Place.last_policy
  const RandomChoice draws_;
  const uint32_t choice_count_;
  const double bias_;
  const uint32_t slot_;
};

}  // namespace sluice::balance
