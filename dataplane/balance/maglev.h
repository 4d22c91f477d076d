// Maglev hashing (xDS: Cluster.lb_policy MAGLEV; Eisenbud et al., NSDI 2016): a table of a prime size
// that the members fill in turns, each along its own permutation, as Envoy does it, so that a hash
// finds the same endpoint in both.
//
// A look-up is one read. Shares differ by about a hundredth of a share with the default size, and when
// a member goes a few more entries than its own change hands. If the owner of an entry is not
// allowed, entries a step of the hash apart are tried, so only its own requests move, and to all
// others alike. Immutable; see policy.h. An entry takes 1, 2 or 4 bytes by the number of members; one
// member alone needs no table.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "dataplane/balance/policy.h"

namespace sluice::balance {

class Maglev final : public BalancePolicy {
 public:
  // The weights add up to 1; `table_size` is a prime.
  Maglev(std::span<const Candidate> candidates, uint64_t table_size);

  uint32_t Pick(PickState& state, uint64_t hash, States states, Serve serve) const override;

  // The owner of entry `at` < entries(); for tests.
  uint32_t owner(size_t at) const { return members_[Entry(at)]; }
  size_t entries() const { return entries_; }
  size_t bytes() const { return table_.size(); }

 private:
  uint32_t Entry(size_t at) const;
  void SetEntry(size_t at, uint32_t index);
  void Fill(std::span<const Candidate> sorted);

  std::vector<uint32_t> members_;  // in the order of their keys
  size_t entries_ = 0;             // 0: no table
  unsigned width_ = 1;             // bytes of an entry
  std::vector<uint8_t> table_;     // indexes into members_
};

}  // namespace sluice::balance
