#include "dataplane/balance/policy.h"

#include <algorithm>
#include <cmath>

#include "dataplane/balance/least_request.h"
#include "dataplane/balance/maglev.h"
#include "dataplane/balance/random_choice.h"
#include "dataplane/balance/ring_hash.h"
#include "dataplane/balance/round_robin.h"

namespace sluice::balance {

std::unique_ptr<const BalancePolicy> MakePolicy(const Balancing& balancing,
                                                std::span<const Candidate> candidates,
                                                uint32_t slot) {
  switch (balancing.policy) {
    case PolicyKind::kRandom: return std::make_unique<RandomChoice>(candidates);
    case PolicyKind::kLeastRequest:
      return std::make_unique<LeastRequest>(candidates, balancing, slot);
    case PolicyKind::kRingHash: return std::make_unique<RingHash>(candidates, balancing);
    case PolicyKind::kMaglev:
      return std::make_unique<Maglev>(candidates, balancing.maglev_table_size);
    case PolicyKind::kRoundRobin: break;
  }
  return std::make_unique<RoundRobin>(candidates, balancing.slow_start, slot);
}

double SlowStart::Factor(base::Duration age) const {
  const base::Duration counted = std::max<base::Duration>(age, std::chrono::milliseconds(1));
  const double part = static_cast<double>(counted.count()) / static_cast<double>(window.count());
  const double grown = aggression == 1.0 ? part : std::pow(part, 1.0 / aggression);
  return std::min(1.0, std::max(grown, min_weight));
}

bool AdmitsRamping(const SlowStart& slow_start, const EndpointState& endpoint, PickState& state) {
  const base::Duration age =
      state.now - endpoint.healthy_since.load(std::memory_order_relaxed);
  if (age >= slow_start.window) return true;
  return state.random.Unit() < slow_start.Factor(age);
}

}  // namespace sluice::balance
