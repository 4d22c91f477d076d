// All endpoints of one cluster, arranged for picking: priority levels, each with its policy.
//
// Immutable and without a pointer to an endpoint: it is made of positions, weights and keys alone, by
// any thread (large ones by the build thread, before anybody knows the endpoints' objects), and shared
// by all workers, so that 25,000 endpoints are arranged once and not once per worker. What changes
// while it serves is beside it (`Live`): the states of the endpoints and the LevelChoice over them.
// Owner: upstream::EndpointTable and the IndexedEndpoints it came with. An endpoint update brings a
// new table; a change of health changes bytes that picks read.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string_view>
#include <vector>

#include "dataplane/balance/level_choice.h"
#include "dataplane/balance/pick_state.h"
#include "dataplane/balance/policy.h"

namespace sluice::balance {

struct Member {
  uint32_t weight = 1;    // xDS: LbEndpoint.load_balancing_weight
  uint32_t priority = 0;  // 0 is served first; gaps are allowed
  uint32_t locality = 0;  // index into PickTable's locality_weights
  std::string_view key;   // hash policies: what names it; not kept
};

class PickTable final {
 public:
  // The moving part: states by position, and the choice of levels made for this table.
  struct Live {
    States states;
    const LevelChoice& levels;
  };

  // `locality_weights` counts if balancing.locality_weighted: each locality of a level gets its
  // weight's share as far as its members are available, divided among them by their weights, and a
  // locality of weight 0 gets nothing while another one can serve (xDS:
  // CommonLbConfig.locality_weighted_lb_config). Hash policies give a locality its whole share, as in
  // Envoy.
  PickTable(const Balancing& balancing, std::span<const Member> members,
            std::span<const uint32_t> locality_weights);

  // The part that moves, for these states. This table must outlive it. nullptr without members.
  std::unique_ptr<LevelChoice> MakeLevelChoice(const Provisioning& provisioning,
                                               States states) const;

  // A position, or kNobody. `hash` 0: none, so chance decides.
  uint32_t Pick(PickState& state, uint64_t hash, const Live& live) const;

  const Balancing& balancing() const { return balancing_; }
  size_t size() const { return places_.size(); }

 private:
  using Policy = std::unique_ptr<const BalancePolicy>;
  struct Level {
    Policy whole;               // all members
    uint32_t first_part = 0;    // of part_weights_
    std::vector<Policy> parts;  // by locality; empty: only `whole`
  };
  // The members of one level by locality, and its total.
  struct Shape;

  void AddLevel(std::span<const Member> members, std::span<const uint32_t> positions,
                std::span<const uint32_t> locality_weights);
  Policy WholePolicy(const Shape& shape, std::span<const Member> members);
  uint32_t PickIn(const Level& level, PickState& state, uint64_t hash, const Live& live,
                  Serve serve) const;

  const Balancing balancing_;
  uint32_t next_slot_ = 0;
  std::vector<Level> levels_;  // by priority, without empty ones
  std::vector<MemberPlace> places_;
  std::vector<uint32_t> part_weights_;  // empty when localities do not matter
};

}  // namespace sluice::balance
