// Weighted round robin over one priority level (xDS: Cluster.lb_policy ROUND_ROBIN).
//
// A schedule fixed at build time lists each candidate as often as its weight says, spread as evenly
// as integers allow; picking is reading the next entry, skipping the unavailable ones. In one round
// each available candidate is picked exactly its share, and two picks of one candidate are never
// closer than its weight demands. A member in its slow start is passed over as often as its factor
// says, so its share is exact too, on average. Immutable; see policy.h for the rest.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "dataplane/balance/policy.h"

namespace sluice::balance {

class RoundRobin final : public BalancePolicy {
 public:
  explicit RoundRobin(std::span<const Candidate> candidates, const SlowStart& slow_start = {},
                      uint32_t slot = 0);

  uint32_t Pick(PickState& state, uint64_t hash, States states, Serve serve) const override;

  // Members in the order of picks.
  const std::vector<uint32_t>& schedule() const { return schedule_; }

 private:
  const SlowStart slow_start_;
  const uint32_t slot_;
  std::vector<uint32_t> schedule_;
};

// How often each of `weights` (> 0) appears in a schedule: exactly in their ratio when that takes
// at most max(4096, 8 per candidate) entries, else rounded to that many, each at least once.
std::vector<uint32_t> ScheduleShares(std::span<const double> weights);

}  // namespace sluice::balance
