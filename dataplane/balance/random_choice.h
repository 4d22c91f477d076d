// Weighted random choice over one priority level (xDS: Cluster.lb_policy RANDOM), and the draws of
// LeastRequest.
//
// An alias table gives a member in constant time whatever the weights; equal weights need none. A draw
// that hits a member that may not serve is repeated; after kDraws misses one scan draws among those
// alone that may, so their shares stay exactly in the ratio of their weights. A member in its slow
// start is drawn as often as its factor says. Immutable; see policy.h.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "dataplane/balance/policy.h"

namespace sluice::balance {

class RandomChoice final : public BalancePolicy {
 public:
  explicit RandomChoice(std::span<const Candidate> candidates, const SlowStart& slow_start = {});

  uint32_t Pick(PickState& state, uint64_t, States states, Serve serve) const override {
    return Draw(state, states, serve);
  }
  uint32_t Draw(PickState& state, States states, Serve serve) const;

  size_t size() const { return members_.size(); }
  bool weighted() const { return !columns_.empty(); }

 private:
  // Column i of the table: itself with this probability (of 2^32), else its alias.
  struct Column {
    uint32_t keep;
    uint32_t alias;
  };
  void FillColumns(std::span<const Candidate> candidates);
  uint32_t DrawAny(base::Random& random) const;
  uint32_t DrawByScan(base::Random& random, States states, Serve serve) const;

  const SlowStart slow_start_;
  std::vector<uint32_t> members_;
  std::vector<float> weights_;   // empty when equal
  std::vector<Column> columns_;  // empty when equal
};

}  // namespace sluice::balance
