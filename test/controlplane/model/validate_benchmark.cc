// Validation among 10,000 routes: of everything, and of a change of one route.
#include <benchmark/benchmark.h>

#include "controlplane/model/validate.h"
#include "test/controlplane/model/random_config.h"

namespace sluice::model {
namespace {

void All(benchmark::State& state) {
  const Config config = LargeConfig(10'000, static_cast<int>(state.range(0)));
  for (auto _ : state) benchmark::DoNotOptimize(Validate(config));
}
BENCHMARK(All)->Arg(1)->Arg(100)->Unit(benchmark::kMillisecond);

void OneRoute(benchmark::State& state) {
  const Config config = LargeConfig(10'000, static_cast<int>(state.range(0)));
  const ObjectKey key{"Route", "t/r5000"};
  for (auto _ : state) {
    auto changed = std::make_shared<sluice::v1::Object>(*config.Find(key));
    changed->mutable_route()->mutable_timeout()->set_seconds(3);
    const Config next = config.With({changed}, {});
    benchmark::DoNotOptimize(ValidateChange(next, config, {key}));
  }
}
BENCHMARK(OneRoute)->Arg(1)->Arg(100)->Unit(benchmark::kMicrosecond);

}  // namespace
}  // namespace sluice::model
