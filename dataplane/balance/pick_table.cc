#include "dataplane/balance/pick_table.h"

#include <map>

namespace sluice::balance {
namespace {

// The weight of one member within its level: its part of its locality's share.
double LevelWeight(const Member& member, std::span<const uint32_t> locality_weights,
                   const std::map<uint32_t, double>& locality_totals) {
  if (locality_weights.empty()) return member.weight;
  return member.weight * static_cast<double>(locality_weights[member.locality]) /
         locality_totals.at(member.locality);
}

}  // namespace

PickTable::PickTable(PolicyKind kind, std::span<const Member> members,
                     std::span<const uint32_t> locality_weights)
    : size_(members.size()) {
  std::map<uint32_t, std::vector<uint32_t>> by_priority;
  for (uint32_t i = 0; i < members.size(); ++i) by_priority[members[i].priority].push_back(i);
  for (const auto& [priority, positions] : by_priority) {
    std::map<uint32_t, double> locality_totals;
    for (uint32_t i : positions) locality_totals[members[i].locality] += members[i].weight;
    Level level;
    std::vector<Candidate> candidates;
    for (uint32_t i : positions) {
      const double weight = LevelWeight(members[i], locality_weights, locality_totals);
      if (weight <= 0) continue;
      level.members.push_back(i);
      candidates.push_back({members[i].health, weight});
    }
    if (candidates.empty()) continue;
    level.policy = MakePolicy(kind, candidates);
    levels_.push_back(std::move(level));
  }
}

uint32_t PickTable::Pick(PickState& state, uint64_t hash) const {
  for (Health worst : {Health::kHealthy, Health::kDegraded, Health::kUnhealthy}) {
    for (const Level& level : levels_) {
      const uint32_t at = level.policy->Pick(state, hash, worst);
      if (at != kNobody) return level.members[at];
    }
  }
  return kNobody;
}

}  // namespace sluice::balance
