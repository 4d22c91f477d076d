#include "test/dataplane/balance/crowd.h"

#include "dataplane/base/hash.h"

namespace sluice::balance {

std::string LettersOfKeys(const BalancePolicy& policy, const Crowd& crowd, int keys) {
  PickState state(1);
  std::string letters;
  for (int i = 0; i < keys; ++i) {
    const uint64_t hash = base::XxHash64("k" + std::to_string(i));
    letters += static_cast<char>('a' + policy.Pick(state, hash, crowd.states(), Serve::kHealthy));
  }
  return letters;
}

}  // namespace sluice::balance
