// A number of endpoints for balance tests: their states, and candidates named 127.0.7.1:9000 and on,
// as in the runs of Envoy that expectations come from. Also what a test asks of many picks.
#pragma once

#include <deque>
#include <map>
#include <numeric>
#include <string>
#include <vector>

#include "dataplane/balance/policy.h"

namespace sluice::balance {

class Crowd final {
 public:
  explicit Crowd(const std::vector<double>& weights) {
    for (size_t i = 0; i < weights.size(); ++i) {
      owned_.emplace_back();
      states_.push_back(&owned_.back());
      keys_.push_back("127.0.7." + std::to_string(i + 1) + ":9000");
      candidates_.push_back({static_cast<uint32_t>(i), weights[i], keys_.back()});
    }
  }
  // The weights divided by their sum, as hash policies want them.
  static Crowd Normalised(std::vector<double> weights) {
    const double sum = std::accumulate(weights.begin(), weights.end(), 0.0);
    for (double& weight : weights) weight /= sum;
    return Crowd(weights);
  }

  States states() const { return states_; }
  std::span<const Candidate> candidates() const { return candidates_; }
  EndpointState& operator[](size_t i) { return owned_[i]; }

 private:
  std::deque<EndpointState> owned_;
  std::vector<const EndpointState*> states_;
  std::deque<std::string> keys_;
  std::vector<Candidate> candidates_;
};

// How often each member is picked.
inline std::map<uint32_t, int> CountPicks(const BalancePolicy& policy, const Crowd& crowd, int picks,
                                          Serve serve = Serve::kHealthy, uint64_t seed = 7) {
  PickState state(seed);
  std::map<uint32_t, int> counts;
  for (int i = 0; i < picks; ++i) ++counts[policy.Pick(state, 0, crowd.states(), serve)];
  return counts;
}

// Of `counts` against `weights`; nobody of weight 0 may be there. With n weights above 0 there are
// n - 1 degrees of freedom.
inline double ChiSquare(const std::map<uint32_t, int>& counts, const std::vector<double>& weights) {
  const double total = std::accumulate(weights.begin(), weights.end(), 0.0);
  double picks = 0;
  for (const auto& [member, count] : counts) picks += count;
  double chi = 0;
  for (uint32_t i = 0; i < weights.size(); ++i) {
    const auto found = counts.find(i);
    const double count = found == counts.end() ? 0 : found->second;
    if (weights[i] == 0 && count == 0) continue;
    const double expected = picks * weights[i] / total;
    chi += (count - expected) * (count - expected) / expected;  // infinite for weight 0
  }
  return chi;
}

// The letter of each member picked ('a' is 127.0.7.1) for the header values k0, k1 and so on.
std::string LettersOfKeys(const BalancePolicy& policy, const Crowd& crowd, int keys);

}  // namespace sluice::balance
