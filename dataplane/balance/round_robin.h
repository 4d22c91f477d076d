// Weighted round robin over one priority level (xDS: Cluster.lb_policy ROUND_ROBIN).
//
// A schedule fixed at build time lists each candidate as often as its weight says, spread as evenly
// as integers allow; picking is reading the next entry, skipping the unavailable ones. In one round
// each available candidate is picked exactly its share, and two picks of one candidate are never
// closer than its weight demands. Immutable; see policy.h for the rest.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "dataplane/balance/policy.h"

namespace sluice::balance {

class RoundRobin final : public BalancePolicy {
 public:
  explicit RoundRobin(std::span<const Candidate> level);

  uint32_t Pick(PickState& state, uint64_t hash, Health worst) const override;

  // Candidate positions in the order of picks.
  const std::vector<uint32_t>& schedule() const { return schedule_; }

 private:
  std::vector<const std::atomic<Health>*> health_;
  std::vector<uint32_t> schedule_;
};

// How often each of `weights` (> 0) appears in a schedule: exactly in their ratio when that takes
// at most max(4096, 8 per candidate) entries, else rounded to that many, each at least once.
std::vector<uint32_t> ScheduleShares(std::span<const double> weights);

}  // namespace sluice::balance
