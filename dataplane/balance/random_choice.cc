#include "dataplane/balance/random_choice.h"

#include <algorithm>
#include <numeric>

namespace sluice::balance {
namespace {

constexpr int kDraws = 3;
constexpr double kOne = 4294967296.0;  // 2^32

}  // namespace

// Vose's construction: columns that hold less than the average are filled up from those that hold
// more, each from one donor.
RandomChoice::RandomChoice(std::span<const Candidate> level) {
  std::vector<double> fill;
  double total = 0;
  for (const Candidate& candidate : level) {
    health_.push_back(candidate.health);
    weights_.push_back(static_cast<float>(candidate.weight));
    fill.push_back(candidate.weight);
    total += candidate.weight;
  }
  std::vector<uint32_t> small;
  std::vector<uint32_t> large;
  for (uint32_t i = 0; i < fill.size(); ++i) {
    fill[i] *= static_cast<double>(fill.size()) / total;
    (fill[i] < 1.0 ? small : large).push_back(i);
    columns_.push_back({UINT32_MAX, i});
  }
  while (!small.empty() && !large.empty()) {
    const uint32_t receiver = small.back();
    const uint32_t donor = large.back();
    small.pop_back();
    columns_[receiver] = {static_cast<uint32_t>(std::min(fill[receiver] * kOne, kOne - 1)), donor};
    fill[donor] -= 1.0 - fill[receiver];
    if (fill[donor] >= 1.0) continue;
    large.pop_back();
    small.push_back(donor);
  }
}

uint32_t RandomChoice::Draw(base::Random& random) const {
  const auto column = static_cast<uint32_t>(random.Below(columns_.size()));
  return static_cast<uint32_t>(random()) < columns_[column].keep ? column : columns_[column].alias;
}

uint32_t RandomChoice::DrawAvailable(base::Random& random, Health worst) const {
  double total = 0;
  for (uint32_t i = 0; i < weights_.size(); ++i) total += Available(i, worst) ? weights_[i] : 0.0;
  double left = random.Unit() * total;
  uint32_t last = kNobody;
  for (uint32_t i = 0; i < weights_.size(); ++i) {
    if (!Available(i, worst)) continue;
    last = i;
    left -= weights_[i];
    if (left < 0) break;
  }
  return last;
}

uint32_t RandomChoice::Pick(PickState& state, uint64_t, Health worst) const {
  if (columns_.empty()) return kNobody;
  for (int i = 0; i < kDraws; ++i) {
    const uint32_t candidate = Draw(state.random);
    if (Available(candidate, worst)) return candidate;
  }
  return DrawAvailable(state.random, worst);
}

}  // namespace sluice::balance
