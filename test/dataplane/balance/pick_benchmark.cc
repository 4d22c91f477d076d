// What a pick costs by policy and number of endpoints, what a change of one endpoint's health costs
// among them, and what arranging them anew costs (once, on the build thread, for all workers):
// bazel run -c opt //test/dataplane/balance:pick_benchmark -- --benchmark_min_time=0.5
#include <benchmark/benchmark.h>

#include <deque>
#include <string>
#include <vector>

#include "dataplane/balance/pick_table.h"

namespace sluice::balance {
namespace {

// Endpoints of unequal weights, one in a hundred of them down.
struct Table {
  Table(PolicyKind policy, size_t endpoints) : balancing{.policy = policy} {
    for (size_t i = 0; i < endpoints; ++i) {
      owned.emplace_back();
      if (i % 100 == 50) owned.back().health = Health::kUnhealthy;
      states.push_back(&owned.back());
      keys.push_back("10.0." + std::to_string(i / 250) + "." + std::to_string(i % 250) + ":8080");
      members.push_back({static_cast<uint32_t>(1 + i % 3), 0, 0, keys.back()});
    }
    Arrange();
    levels = table->MakeLevelChoice({}, states);
  }
  void Arrange() {
    table = std::make_unique<PickTable>(balancing, members, std::span<const uint32_t>());
  }

  Balancing balancing;
  std::deque<EndpointState> owned;
  std::vector<const EndpointState*> states;
  std::deque<std::string> keys;
  std::vector<Member> members;
  std::unique_ptr<PickTable> table;
  std::unique_ptr<LevelChoice> levels;
};

void Pick(benchmark::State& state, PolicyKind policy) {
  const Table all(policy, static_cast<size_t>(state.range(0)));
  PickState picks(1);
  base::Random hashes(2);
  for (auto _ : state) {
    const uint64_t hash = all.balancing.uses_hash() ? hashes() : 0;
    benchmark::DoNotOptimize(all.table->Pick(picks, hash, {all.states, *all.levels}));
  }
}

// No table is made, and no worker does anything.
void ChangeHealth(benchmark::State& state) {
  Table all(PolicyKind::kRoundRobin, static_cast<size_t>(state.range(0)));
  uint32_t member = 0;
  for (auto _ : state) {
    member = (member + 7919) % static_cast<uint32_t>(all.owned.size());
    const Health before = all.owned[member].health.load(std::memory_order_relaxed);
    const Health after = before == Health::kHealthy ? Health::kUnhealthy : Health::kHealthy;
    all.owned[member].health.store(after, std::memory_order_relaxed);
    all.levels->Move(member, before, after);
  }
}

// The weight of one endpoint changed: one new table for all workers.
void ChangeWeight(benchmark::State& state, PolicyKind policy) {
  Table all(policy, static_cast<size_t>(state.range(0)));
  for (auto _ : state) {
    all.members[0].weight ^= 2;
    all.Arrange();
    all.levels = all.table->MakeLevelChoice({}, all.states);
  }
}

#define SLUICE_POLICY(name, kind)                                             \
  BENCHMARK_CAPTURE(Pick, name, kind)->Arg(10)->Arg(1'000)->Arg(25'000);      \
  BENCHMARK_CAPTURE(ChangeWeight, name, kind)->Arg(25'000)->Unit(benchmark::kMillisecond)

SLUICE_POLICY(round_robin, PolicyKind::kRoundRobin);
SLUICE_POLICY(random, PolicyKind::kRandom);
SLUICE_POLICY(least_request, PolicyKind::kLeastRequest);
SLUICE_POLICY(ring_hash, PolicyKind::kRingHash);
SLUICE_POLICY(maglev, PolicyKind::kMaglev);
#undef SLUICE_POLICY
BENCHMARK(ChangeHealth)->Arg(10)->Arg(1'000)->Arg(25'000);

}  // namespace
}  // namespace sluice::balance
