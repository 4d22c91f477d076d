#include "dataplane/balance/round_robin.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <optional>

namespace sluice::balance {
namespace {

constexpr size_t kMinRoom = 4096;
constexpr size_t kRoomPerCandidate = 8;
// Turns looked at for one pick, at least.
constexpr size_t kTries = 64;
constexpr double kGolden = 0.6180339887498949;
// Above this doubles no longer hold every integer.
constexpr double kExactLimit = 9007199254740992.0;

// The weights over their greatest common divisor, if they are integers and fit into `room`.
std::optional<std::vector<uint32_t>> ExactShares(std::span<const double> weights, size_t room) {
  uint64_t divisor = 0;
  for (double w : weights) {
    if (w >= kExactLimit || w != std::floor(w)) return std::nullopt;
    divisor = std::gcd(divisor, static_cast<uint64_t>(w));
  }
  std::vector<uint32_t> shares;
  uint64_t total = 0;
  for (double w : weights) {
    const uint64_t share = static_cast<uint64_t>(w) / divisor;
    total += share;
    if (total > room) return std::nullopt;
    shares.push_back(static_cast<uint32_t>(share));
  }
  return shares;
}

}  // namespace

std::vector<uint32_t> ScheduleShares(std::span<const double> weights) {
  if (weights.empty()) return {};
  const size_t room = std::max(kMinRoom, weights.size() * kRoomPerCandidate);
  if (auto exact = ExactShares(weights, room)) return *exact;
  const double total = std::accumulate(weights.begin(), weights.end(), 0.0);
  std::vector<uint32_t> shares;
  for (double w : weights) {
    const double share = std::round(w / total * static_cast<double>(room));
    shares.push_back(std::max(1u, static_cast<uint32_t>(share)));
  }
  return shares;
}

RoundRobin::RoundRobin(std::span<const Candidate> candidates, const SlowStart& slow_start,
                       uint32_t slot)
    : slow_start_(slow_start), slot_(slot) {
  std::vector<double> weights;
  weights.reserve(candidates.size());
  for (const Candidate& candidate : candidates) weights.push_back(candidate.weight);
  const std::vector<uint32_t> shares = ScheduleShares(weights);
  if (std::all_of(shares.begin(), shares.end(), [](uint32_t n) { return n == 1; })) {
    schedule_.reserve(candidates.size());
    for (const Candidate& candidate : candidates) schedule_.push_back(candidate.member);
    return;
  }
  // The k-th of n turns belongs at (k + phase) / n of the round; sorting by that time spreads every
  // candidate evenly and costs O(L log L) once, off the workers. Phases by the golden ratio keep
  // the rare turns of many light candidates from falling together.
  struct Turn {
    double time;
    uint32_t member;
  };
  std::vector<Turn> turns;
  for (uint32_t i = 0; i < shares.size(); ++i) {
    const double phase = std::fmod(0.5 + kGolden * i, 1.0);
    for (uint32_t k = 0; k < shares[i]; ++k) {
      turns.push_back({(k + phase) / shares[i], candidates[i].member});
    }
  }
  std::stable_sort(turns.begin(), turns.end(),
                   [](const Turn& a, const Turn& b) { return a.time < b.time; });
  schedule_.reserve(turns.size());
  for (const Turn& turn : turns) schedule_.push_back(turn.member);
}

uint32_t RoundRobin::Pick(PickState& state, uint64_t, States states, Serve serve) const {
  const size_t round = schedule_.size();
  if (round == 0) return kNobody;
  uint64_t& cursor = state.place(slot_).cursor;
  size_t at = cursor % round;
  uint32_t passed_over = kNobody;
  const size_t tries = std::max(round, kTries);
  for (size_t tried = 0; tried < tries; ++tried) {
    const uint32_t member = schedule_[at];
    ++cursor;
    if (++at == round) at = 0;
    if (!states[member]->Serves(serve)) continue;
    if (Admits(slow_start_, *states[member], state)) return member;
    passed_over = member;
  }
  // Everybody who may serve is in slow start: somebody must all the same.
  return passed_over;
}

}  // namespace sluice::balance
