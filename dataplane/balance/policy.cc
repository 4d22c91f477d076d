#include "dataplane/balance/policy.h"

#include "dataplane/balance/random_choice.h"
#include "dataplane/balance/round_robin.h"

namespace sluice::balance {

std::unique_ptr<const BalancePolicy> MakePolicy(PolicyKind kind, std::span<const Candidate> level) {
  switch (kind) {
    case PolicyKind::kRandom:
      return std::make_unique<RandomChoice>(level);
    case PolicyKind::kRoundRobin:
      break;
  }
  return std::make_unique<RoundRobin>(level);
}

}  // namespace sluice::balance
