// What a look-up costs as tables grow. Targets (one quiet core): 100,000 prefix routes in at most
// 0.6 us; 10,000 routes at most 1,000 instructions more than one route.
#include <benchmark/benchmark.h>

#include <memory>
#include <random>
#include <string>
#include <vector>

#include "dataplane/route/table.h"
#include "fmt/format.h"
#include "test/dataplane/route/request.h"
#include "test/dataplane/route/rules.h"

namespace sluice::route {
namespace {

// Team, service and resource, as the routes of many teams look.
std::string PathOf(int64_t i) {
  return fmt::format("/team-{}/service-{}/v{}/resource-{}", i % 50, i / 50 % 40, i % 3, i);
}

std::unique_ptr<Table> TableOf(std::vector<Route> routes) {
  std::vector<std::shared_ptr<const VirtualHost>> hosts;
  hosts.push_back(std::make_shared<const VirtualHost>("h", std::vector<std::string>{"example.com"},
                                                      TlsRequirement::kNone, std::move(routes)));
  return std::make_unique<Table>(TableOptions{}, std::move(hosts), std::vector<ClusterReference>());
}

// Requests for random routes of the table, so that no part of it stays hot by luck.
std::vector<std::unique_ptr<Request>> RequestsFor(int64_t routes) {
  std::mt19937 random(1);
  std::vector<std::unique_ptr<Request>> requests;
  for (int i = 0; i < 1024; ++i) {
    requests.push_back(std::make_unique<Request>(
        PathOf(static_cast<int64_t>(random() % static_cast<uint64_t>(routes))) +
        "/items/42?page=2"));
  }
  return requests;
}

void Run(benchmark::State& state, const Table& table,
         const std::vector<std::unique_ptr<Request>>& requests) {
  size_t i = 0;
  benchmark::IterationCount found = 0;
  for (auto _ : state) {
    const Match match = table.Find(requests[i++ % requests.size()]->head, 0);
    found += match.route != nullptr;
  }
  if (found != state.iterations()) state.SkipWithError("a request found no route");
}

void BM_Prefixes(benchmark::State& state) {
  std::vector<Route> routes;
  for (int64_t i = 0; i < state.range(0); ++i) routes.push_back(Prefix("", PathOf(i)));
  Run(state, *TableOf(std::move(routes)), RequestsFor(state.range(0)));
}
BENCHMARK(BM_Prefixes)->RangeMultiplier(10)->Range(1, 100'000);

// A literal prefix of their own each: path templates.
void BM_Templates(benchmark::State& state) {
  std::vector<Route> routes;
  for (int64_t i = 0; i < state.range(0); ++i)
    routes.push_back(Matching("", PathOf(i) + "/items/[^/]+"));
  Run(state, *TableOf(std::move(routes)), RequestsFor(state.range(0)));
}
BENCHMARK(BM_Templates)->RangeMultiplier(10)->Range(1, 1000);

// The same path for every route; a field tells them apart.
void BM_Tenants(benchmark::State& state) {
  std::vector<Route> routes;
  for (int64_t i = 0; i < state.range(0); ++i) {
    routes.push_back(Prefix("", "/"));
    routes.back().predicates.headers.push_back(FieldIs("x-tenant", fmt::format("tenant-{}", i)));
  }
  std::vector<std::unique_ptr<Request>> requests = RequestsFor(state.range(0));
  for (size_t i = 0; i < requests.size(); ++i) {
    requests[i]->With("x-tenant",
                      fmt::format("tenant-{}", static_cast<int64_t>(i) % state.range(0)));
  }
  Run(state, *TableOf(std::move(routes)), requests);
}
BENCHMARK(BM_Tenants)->RangeMultiplier(10)->Range(1, 10'000);

void BM_Build(benchmark::State& state) {
  for (auto _ : state) {
    state.PauseTiming();
    std::vector<Route> routes;
    for (int64_t i = 0; i < state.range(0); ++i) routes.push_back(Prefix("", PathOf(i)));
    state.ResumeTiming();
    benchmark::DoNotOptimize(TableOf(std::move(routes)));
  }
}
BENCHMARK(BM_Build)->Arg(10'000)->Arg(100'000)->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace sluice::route
