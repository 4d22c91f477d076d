#include "dataplane/balance/least_request.h"

#include <atomic>
#include <cmath>

namespace sluice::balance {
namespace {

uint64_t NewId() {
  static std::atomic<uint64_t> last{0};
  return last.fetch_add(1, std::memory_order_relaxed) + 1;
}

uint32_t Active(States states, uint32_t member) {
  return states[member]->active.load(std::memory_order_relaxed);
}

}  // namespace

LeastRequest::LeastRequest(std::span<const Candidate> candidates, const Balancing& balancing,
                           uint32_t slot)
    : id_(NewId()),
      draws_(candidates, balancing.slow_start),
      choice_count_(balancing.choice_count),
      bias_(balancing.active_request_bias),
      slot_(slot) {}

uint32_t LeastRequest::Pick(PickState& state, uint64_t, States states, Serve serve) const {
  return draws_.weighted() ? PickByWalk(state, states, serve) : PickFewest(state, states, serve);
}

uint32_t LeastRequest::PickFewest(PickState& state, States states, Serve serve) const {
  uint32_t best = draws_.Draw(state, states, serve);
  if (best == kNobody || draws_.size() == 1) return best;
  uint32_t fewest = Active(states, best);
  for (uint32_t i = 1; i < choice_count_; ++i) {
    const uint32_t other = draws_.Draw(state, states, serve);
    if (other == kNobody) break;  // health changed under our hands
    const uint32_t active = Active(states, other);
    if (active >= fewest) continue;
    best = other;
    fewest = active;
  }
  return best;
}

uint32_t LeastRequest::PickByWalk(PickState& state, States states, Serve serve) const {
  PickState::Place& place = state.place(slot_);
  uint32_t at = place.last;
  if (place.last_policy != id_ || !states[at]->Serves(serve)) {
    at = draws_.Draw(state, states, serve);
    if (at == kNobody) return kNobody;
  }
  double load = Active(states, at) + 1.0;
  for (uint32_t i = 0; i < choice_count_; ++i) {
    const uint32_t other = draws_.Draw(state, states, serve);
    if (other == kNobody) break;  // health changed under our hands
    const double other_load = Active(states, other) + 1.0;
    const double ratio = load / other_load;
    // Most draws need no power: at a ratio of 1 or more they are taken.
    if (ratio < 1.0 && bias_ != 0.0 &&
        state.random.Unit() >= (bias_ == 1.0 ? ratio : std::pow(ratio, bias_))) {
      continue;
    }
    at = other;
    load = other_load;
  }
  place.last_policy = id_;
  place.last = at;
  return at;
}

}  // namespace sluice::balance
