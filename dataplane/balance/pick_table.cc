#include "dataplane/balance/pick_table.h"

#include <cmath>
#include <map>

namespace sluice::balance {
namespace {

constexpr double kGolden = 0.6180339887498949;

}  // namespace

struct PickTable::Shape {
  std::span<const uint32_t> positions;
  // Localities matter: their members and weights.
  std::map<uint32_t, std::vector<uint32_t>> localities;
  std::span<const uint32_t> locality_weights;
};

PickTable::PickTable(const Balancing& balancing, std::span<const Member> members,
                     std::span<const uint32_t> locality_weights)
    : balancing_(balancing), places_(members.size()) {
  std::map<uint32_t, std::vector<uint32_t>> by_priority;
  for (uint32_t i = 0; i < members.size(); ++i) by_priority[members[i].priority].push_back(i);
  if (!balancing.locality_weighted) locality_weights = {};
  levels_.reserve(by_priority.size());
  for (const auto& [priority, positions] : by_priority) {
    AddLevel(members, positions, locality_weights);
  }
}

void PickTable::AddLevel(std::span<const Member> members, std::span<const uint32_t> positions,
                         std::span<const uint32_t> locality_weights) {
  Shape shape{positions, {}, locality_weights};
  Level level;
  level.first_part = static_cast<uint32_t>(part_weights_.size());
  for (const uint32_t i : positions) {
    places_[i] = {static_cast<uint32_t>(levels_.size()), 0, members[i].weight};
    if (!locality_weights.empty()) shape.localities[members[i].locality].push_back(i);
  }
  for (const auto& [locality, inside] : shape.localities) {
    const auto part = static_cast<uint32_t>(part_weights_.size());
    part_weights_.push_back(locality_weights[locality]);
    for (const uint32_t i : inside) places_[i].part = part;
    if (balancing_.uses_hash() || shape.localities.size() == 1) continue;
    std::vector<Candidate> candidates;
    for (const uint32_t i : inside) {
      candidates.push_back({i, static_cast<double>(members[i].weight), members[i].key});
    }
    level.parts.push_back(MakePolicy(balancing_, candidates, next_slot_++));
  }
  level.whole = WholePolicy(shape, members);
  levels_.push_back(std::move(level));
}

PickTable::Policy PickTable::WholePolicy(const Shape& shape, std::span<const Member> members) {
  std::vector<Candidate> candidates;
  candidates.reserve(shape.positions.size());
  const auto add = [&](std::span<const uint32_t> positions, double share) {
    uint64_t sum = 0;
    for (const uint32_t i : positions) sum += members[i].weight;
    for (const uint32_t i : positions) {
      // Hash policies count in parts of 1, in Envoy's order of operations: its roundings decide how
      // many points of a ring a member gets.
      const double weight = balancing_.uses_hash()
                                ? members[i].weight * share / static_cast<double>(sum)
                                : static_cast<double>(members[i].weight);
      candidates.push_back({i, weight, members[i].key});
    }
  };
  uint64_t total = 0;
  for (const auto& [locality, inside] : shape.localities) total += shape.locality_weights[locality];
  if (!balancing_.uses_hash() || total == 0) {
    add(shape.positions, 1.0);
  } else {
    for (const auto& [locality, inside] : shape.localities) {
      const uint32_t weight = shape.locality_weights[locality];
      if (weight > 0) add(inside, static_cast<double>(weight) / static_cast<double>(total));
    }
  }
  return MakePolicy(balancing_, candidates, next_slot_++);
}

std::unique_ptr<LevelChoice> PickTable::MakeLevelChoice(const Provisioning& provisioning,
                                                        States states) const {
  if (levels_.empty()) return nullptr;
  return std::make_unique<LevelChoice>(places_, part_weights_, provisioning,
                                       balancing_.panic_percent, states);
}

uint32_t PickTable::Pick(PickState& state, uint64_t hash, const Live& live) const {
  if (levels_.empty()) return kNobody;
  if (balancing_.uses_hash()) {
    if (hash == 0) hash = state.random();
  } else if (live.levels.ChoosesByHash()) {
    hash = state.random();
  }
  const LevelChoice::Choice choice = live.levels.For(hash);
  if (choice.serve == Serve::kNobody) return kNobody;
  const uint32_t found = PickIn(levels_[choice.level], state, hash, live, choice.serve);
  if (found != kNobody) return found;
  // Bytes changed since the choice was published, or hash policies left a locality of weight 0 out.
  for (const Level& level : levels_) {
    const uint32_t usable = PickIn(level, state, hash, live, Serve::kUsable);
    if (usable != kNobody) return usable;
  }
  return kNobody;
}

uint32_t PickTable::PickIn(const Level& level, PickState& state, uint64_t hash, const Live& live,
                           Serve serve) const {
  const bool by_part = serve == Serve::kHealthy || serve == Serve::kDegraded;
  if (by_part && !level.parts.empty()) {
    // Multiples of the golden ratio spread localities more evenly than chance would.
    const double product = kGolden * static_cast<double>(++state.locality_cursor);
    const uint32_t part =
        live.levels.PickPart(level.first_part, static_cast<uint32_t>(level.parts.size()), serve,
                             product - std::floor(product));
    if (part != LevelChoice::kNoPart) {
      const uint32_t found =
          level.parts[part - level.first_part]->Pick(state, hash, live.states, serve);
      if (found != kNobody) return found;
    }
  }
  return level.whole->Pick(state, hash, live.states, serve);
}

}  // namespace sluice::balance
