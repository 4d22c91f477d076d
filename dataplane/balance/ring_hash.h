// Consistent hashing on a ring (xDS: Cluster.lb_policy RING_HASH): Ketama as Envoy builds it, so that
// a hash finds the same endpoint in both.
//
// Each member owns points hash(key + "_" + i); a request goes to the owner of the first point at or
// after its hash. The number of points follows the weights: the lightest gets a whole number, and the
// ring has min_ring_size to max_ring_size of them. If the owner is not allowed, the walk goes on along
// the ring, so only its own requests move. Immutable; see policy.h.
// Size: 12 bytes a point, and 4 for the index that makes a look-up constant.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "dataplane/balance/policy.h"

namespace sluice::balance {

class RingHash final : public BalancePolicy {
 public:
  // The weights add up to 1.
  RingHash(std::span<const Candidate> candidates, const Balancing& balancing);

  uint32_t Pick(PickState& state, uint64_t hash, States states, Serve serve) const override;

  size_t points() const { return hashes_.size(); }

 private:
  // Index of the first point at or after `hash`.
  size_t Find(uint64_t hash) const;

  std::vector<uint64_t> hashes_;   // ascending
  std::vector<uint32_t> members_;  // parallel
  std::vector<uint32_t> first_;    // first point whose top bits are at least the index
  unsigned shift_ = 64;            // takes the top bits
};

}  // namespace sluice::balance
