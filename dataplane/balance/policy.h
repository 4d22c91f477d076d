// The seam between a cluster's endpoints and the way one is chosen: one object per priority level (and
// per locality of it where localities have weights), built off the workers, immutable, shared by all.
//
// Implementations: RoundRobin, RandomChoice, LeastRequest, RingHash, Maglev, one file each. A policy
// knows its members by position and reads their state at pick time, so a change of health needs no
// rebuild, and it can be built before anybody knows the endpoints' objects. Pure: all that moves
// between picks is the caller's PickState.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string_view>

#include "dataplane/balance/balancing.h"
#include "dataplane/balance/endpoint_state.h"
#include "dataplane/balance/pick_state.h"

namespace sluice::balance {

// One endpoint as a policy sees it.
struct Candidate {
  uint32_t member;       // position in the table
  double weight;         // > 0; only the ratio counts, but hash policies want a sum of 1
  std::string_view key;  // hash policies: what names it; not kept
};

inline constexpr uint32_t kNobody = UINT32_MAX;

class BalancePolicy {
 public:
  virtual ~BalancePolicy() = default;
  // Position of a member that `serve` allows, or kNobody. `states` by position. `hash` is for policies
  // that keep requests with equal hashes together.
  virtual uint32_t Pick(PickState& state, uint64_t hash, States states, Serve serve) const = 0;
};

// Never nullptr; without candidates it always answers kNobody. `slot`: the PickState's place to use.
std::unique_ptr<const BalancePolicy> MakePolicy(const Balancing& balancing,
                                                std::span<const Candidate> candidates,
                                                uint32_t slot);

// False: the endpoint is in its slow start and does not get this turn, which it would at full weight.
bool AdmitsRamping(const SlowStart& slow_start, const EndpointState& endpoint, PickState& state);
inline bool Admits(const SlowStart& slow_start, const EndpointState& endpoint, PickState& state) {
  return slow_start.window.count() == 0 || AdmitsRamping(slow_start, endpoint, state);
}

}  // namespace sluice::balance
