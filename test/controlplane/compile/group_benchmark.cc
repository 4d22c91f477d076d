// Compiling 10,000 routes: all of them, and after a change of one.
#include <benchmark/benchmark.h>

#include "controlplane/compile/group.h"
#include "test/controlplane/model/random_config.h"

namespace sluice::compile {
namespace {

GroupKey Web() { return {{"web"}, "z1", ClientClass::kCommitting}; }

void All(benchmark::State& state) {
  const model::Config config = model::LargeConfig(10'000, static_cast<int>(state.range(0)));
  for (auto _ : state) benchmark::DoNotOptimize(CompiledGroup::Compile(config, Web(), nullptr));
}
BENCHMARK(All)->Arg(1)->Arg(100)->Unit(benchmark::kMillisecond);

void OneRoute(benchmark::State& state) {
  const model::Config before = model::LargeConfig(10'000, static_cast<int>(state.range(0)));
  const auto group = CompiledGroup::Compile(before, Web(), nullptr);
  auto changed = std::make_shared<sluice::v1::Object>(*before.Find({"Route", "t/r5000"}));
  changed->mutable_route()->mutable_timeout()->set_seconds(3);
  const model::Config after = before.With({changed}, {});
  for (auto _ : state) benchmark::DoNotOptimize(CompiledGroup::Compile(after, Web(), group.get()));
  state.counters["bytes"] =
      static_cast<double>(group->resources().routes.at("0.0.0.0:80")->bytes.size());
}
BENCHMARK(OneRoute)->Arg(1)->Arg(100)->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace sluice::compile
