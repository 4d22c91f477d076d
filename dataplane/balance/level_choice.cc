#include "dataplane/balance/level_choice.h"

#include <algorithm>
#include <numeric>

namespace sluice::balance {
namespace {

// Gives each level as much of `left` as its availability allows; returns what nobody took.
uint32_t Distribute(std::span<const uint32_t> availability, uint32_t total, uint32_t left,
                    std::vector<uint32_t>& loads) {
  for (const uint32_t available : availability) {
    loads.push_back(std::min(left, available * 100 / total));
    left -= loads.back();
  }
  return left;
}

// Whole per cents leave a rest, which goes to the first level that has anybody.
void AddToFirst(std::span<const uint32_t> healthy, std::span<const uint32_t> degraded, uint32_t rest,
                std::vector<uint32_t>& healthy_loads, std::vector<uint32_t>& degraded_loads) {
  for (size_t i = 0; i < healthy.size(); ++i) {
    if (healthy[i] == 0) continue;
    healthy_loads[i] += rest;
    return;
  }
  for (size_t i = 0; i < degraded.size(); ++i) {
    if (degraded[i] == 0) continue;
    degraded_loads[i] += rest;
    return;
  }
}

}  // namespace

void LevelChoice::Counts::Add(Health health, uint32_t one_weight, int sign) {
  const auto at = static_cast<size_t>(health);
  members[at] += static_cast<uint64_t>(sign);
  weight[at] += static_cast<uint64_t>(sign) * one_weight;
}

LevelChoice::LevelChoice(std::span<const MemberPlace> places,
                         std::span<const uint32_t> part_weights, const Provisioning& provisioning,
                         uint32_t panic_percent, States states)
    : places_(places),
      provisioning_(provisioning),
      panic_percent_(panic_percent),
      parts_(std::make_unique<Part[]>(part_weights.size())),
      part_count_(part_weights.size()) {
  for (size_t i = 0; i < part_count_; ++i) parts_[i].weight = part_weights[i];
  for (size_t i = 0; i < places.size(); ++i) {
    const MemberPlace& place = places[i];
    const Health health = states[i]->health.load(std::memory_order_relaxed);
    if (place.level >= levels_.size()) levels_.resize(place.level + 1);
    levels_[place.level].Add(health, place.weight, 1);
    if (part_count_ > 0) parts_[place.part].counts.Add(health, place.weight, 1);
  }
  for (size_t i = 0; i < part_count_; ++i) PublishPart(parts_[i]);
  PublishLevels();
}

void LevelChoice::Move(uint32_t member, Health from, Health to) {
  if (from == to) return;
  const MemberPlace& place = places_[member];
  for (const auto& [health, sign] : {std::pair(from, -1), std::pair(to, 1)}) {
    levels_[place.level].Add(health, place.weight, sign);
    if (part_count_ > 0) parts_[place.part].counts.Add(health, place.weight, sign);
  }
  if (part_count_ > 0) PublishPart(parts_[place.part]);
  PublishLevels();
}

void LevelChoice::PublishPart(Part& part) {
  const auto effective = [&](Health health) {
    const double ratio = static_cast<double>(part.counts.members[static_cast<size_t>(health)]) /
                         static_cast<double>(part.counts.all());
    return part.weight * std::min(1.0, provisioning_.factor_percent / 100.0 * ratio);
  };
  part.healthy.store(effective(Health::kHealthy), std::memory_order_relaxed);
  part.degraded.store(effective(Health::kDegraded), std::memory_order_relaxed);
}

uint32_t LevelChoice::Availability(const Counts& level, Health health) const {
  const uint64_t(&counted)[3] = provisioning_.weighted_by_endpoint ? level.weight : level.members;
  const uint64_t all = counted[0] + counted[1] + counted[2];
  const uint64_t percent = provisioning_.factor_percent * counted[static_cast<size_t>(health)] / all;
  return static_cast<uint32_t>(std::min<uint64_t>(100, percent));
}

bool LevelChoice::InPanic(const Counts& level) const {
  const double usable = static_cast<double>(level.members[0] + level.members[1]);
  return 100.0 * usable / static_cast<double>(level.all()) < panic_percent_;
}

void LevelChoice::PublishLevels() {
  Loads healthy;
  Loads degraded;
  for (const Counts& level : levels_) {
    healthy.push_back(Availability(level, Health::kHealthy));
    degraded.push_back(Availability(level, Health::kDegraded));
  }
  const uint32_t total = std::min(100u, std::accumulate(healthy.begin(), healthy.end(), 0u) +
                                            std::accumulate(degraded.begin(), degraded.end(), 0u));
  const auto panics = [&](const Counts& level) { return total < 100 && InPanic(level); };
  if (std::all_of(levels_.begin(), levels_.end(), panics)) return PublishTotalPanic();
  if (total == 0) return PublishNobody();
  Loads healthy_loads;
  Loads degraded_loads;
  uint32_t rest = Distribute(healthy, total, 100, healthy_loads);
  rest = Distribute(degraded, total, rest, degraded_loads);
  AddToFirst(healthy, degraded, rest, healthy_loads, degraded_loads);
  uint32_t at = 0;
  for (const auto& [loads, serve] :
       {std::pair(&healthy_loads, Serve::kHealthy), std::pair(&degraded_loads, Serve::kDegraded)}) {
    for (uint32_t level = 0; level < levels_.size(); ++level) {
      const uint32_t load = (*loads)[level];
      Write(at, load, level, panics(levels_[level]) ? Serve::kAnybody : serve);
      at += load;
    }
  }
  WriteSole();
}

void LevelChoice::PublishTotalPanic() {
  uint64_t members = 0;
  for (const Counts& level : levels_) members += level.all();
  uint32_t rest = 100;
  Loads loads;
  for (const Counts& level : levels_) {
    loads.push_back(static_cast<uint32_t>(100 * level.all() / members));
    rest -= loads.back();
  }
  uint32_t at = 0;
  for (uint32_t level = 0; level < levels_.size(); ++level) {
    const uint32_t load = loads[level] + (level == 0 ? rest : 0);
    Write(at, load, level, Serve::kAnybody);
    at += load;
  }
  WriteSole();
}

void LevelChoice::PublishNobody() {
  // So few are usable that they round to 0 per cent: they serve all the same.
  uint32_t level = 0;
  Serve serve = Serve::kNobody;
  for (uint32_t i = 0; i < levels_.size() && serve == Serve::kNobody; ++i) {
    if (levels_[i].members[0] + levels_[i].members[1] == 0) continue;
    level = i;
    serve = levels_[i].members[0] > 0 ? Serve::kHealthy : Serve::kDegraded;
  }
  Write(0, 100, level, serve);
  WriteSole();
}

void LevelChoice::Write(uint32_t from, uint32_t count, uint32_t level, Serve serve) {
  const auto packed = static_cast<uint16_t>(level * 8 + static_cast<uint32_t>(serve));
  for (uint32_t i = from; i < from + count; ++i) {
    choices_[i].store(packed, std::memory_order_relaxed);
  }
}

void LevelChoice::WriteSole() {
  const uint16_t first = choices_[0].load(std::memory_order_relaxed);
  const bool same = std::all_of(choices_.begin(), choices_.end(), [&](const auto& choice) {
    return choice.load(std::memory_order_relaxed) == first;
  });
  sole_.store(same ? first : kMixed, std::memory_order_relaxed);
}

LevelChoice::Choice LevelChoice::For(uint64_t hash) const {
  uint16_t packed = sole_.load(std::memory_order_relaxed);
  if (packed == kMixed) packed = choices_[hash % 100].load(std::memory_order_relaxed);
  return {packed / 8u, static_cast<Serve>(packed % 8)};
}

uint32_t LevelChoice::PickPart(uint32_t first, uint32_t count, Serve serve, double unit) const {
  const auto weight = [&](uint32_t part) {
    const Part& one = parts_[part];
    return (serve == Serve::kDegraded ? one.degraded : one.healthy).load(std::memory_order_relaxed);
  };
  double total = 0;
  for (uint32_t i = first; i < first + count; ++i) total += weight(i);
  double left = unit * total;
  uint32_t last = kNoPart;
  for (uint32_t i = first; i < first + count; ++i) {
    const double mine = weight(i);
    if (mine <= 0) continue;
    last = i;
    left -= mine;
    if (left < 0) break;
  }
  return last;
}

}  // namespace sluice::balance
