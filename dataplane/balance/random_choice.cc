#include "dataplane/balance/random_choice.h"

#include <algorithm>

namespace sluice::balance {
namespace {

// A scan of 25,000 members costs as much as some thousand draws, so it must be rare: with half of
// them down, one pick in 2^32 comes to it.
constexpr int kDraws = 32;
constexpr double kOne = 4294967296.0;  // 2^32

}  // namespace

RandomChoice::RandomChoice(std::span<const Candidate> candidates, const SlowStart& slow_start)
    : slow_start_(slow_start) {
  bool equal = true;
  members_.reserve(candidates.size());
  for (const Candidate& one : candidates) {
    members_.push_back(one.member);
    equal = equal && one.weight == candidates.front().weight;
  }
  if (!equal) FillColumns(candidates);
}

// Vose's construction: columns that hold less than the average are filled up from those that hold
// more, each from one donor.
void RandomChoice::FillColumns(std::span<const Candidate> candidates) {
  double total = 0;
  std::vector<double> fill;
  for (const Candidate& one : candidates) {
    weights_.push_back(static_cast<float>(one.weight));
    fill.push_back(one.weight);
    total += one.weight;
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

uint32_t RandomChoice::DrawAny(base::Random& random) const {
  const auto column = static_cast<uint32_t>(random.Below(members_.size()));
  if (columns_.empty()) return members_[column];
  const bool keeps = static_cast<uint32_t>(random()) < columns_[column].keep;
  return members_[keeps ? column : columns_[column].alias];
}

uint32_t RandomChoice::DrawByScan(base::Random& random, States states, Serve serve) const {
  const auto weight = [&](size_t i) {
    if (!states[members_[i]]->Serves(serve)) return 0.0;
    return weights_.empty() ? 1.0 : weights_[i];
  };
  double total = 0;
  for (size_t i = 0; i < members_.size(); ++i) total += weight(i);
  double left = random.Unit() * total;
  uint32_t last = kNobody;
  for (size_t i = 0; i < members_.size(); ++i) {
    const double mine = weight(i);
    if (mine == 0) continue;
    last = members_[i];
    left -= mine;
    if (left < 0) break;
  }
  return last;
}

uint32_t RandomChoice::Draw(PickState& state, States states, Serve serve) const {
  if (members_.empty()) return kNobody;
  uint32_t passed_over = kNobody;
  for (int i = 0; i < kDraws; ++i) {
    const uint32_t member = DrawAny(state.random);
    if (!states[member]->Serves(serve)) continue;
    if (Admits(slow_start_, *states[member], state)) return member;
    passed_over = member;
  }
  return passed_over != kNobody ? passed_over : DrawByScan(state.random, states, serve);
}

}  // namespace sluice::balance
