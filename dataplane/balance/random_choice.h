// Weighted random choice over one priority level (xDS: Cluster.lb_policy RANDOM).
//
// An alias table gives a candidate in constant time whatever the weights. A draw that hits an
// unavailable candidate is repeated; after three misses one scan draws among the available ones
// alone, so their shares stay exactly in the ratio of their weights. Immutable; see policy.h.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "dataplane/balance/policy.h"

namespace sluice::balance {

class RandomChoice final : public BalancePolicy {
 public:
  explicit RandomChoice(std::span<const Candidate> level);

  uint32_t Pick(PickState& state, uint64_t hash, Health worst) const override;

 private:
  // Column i of the table: itself with this probability (of 2^32), else its alias.
  struct Column {
    uint32_t keep;
    uint32_t alias;
  };
  bool Available(uint32_t candidate, Health worst) const {
    return health_[candidate]->load(std::memory_order_relaxed) <= worst;
  }
  uint32_t Draw(base::Random& random) const;
  uint32_t DrawAvailable(base::Random& random, Health worst) const;

  std::vector<const std::atomic<Health>*> health_;
  std::vector<float> weights_;
  std::vector<Column> columns_;
};

}  // namespace sluice::balance
