// The shape of a benchmark in this tree: a test that runs each case once, so it cannot rot.
#include <benchmark/benchmark.h>

#include <string>

namespace {

void BM_CopyString(benchmark::State& state) {
  const std::string text(state.range(0), 'x');
  for (auto _ : state) {
    std::string copy = text;
    benchmark::DoNotOptimize(copy.data());
  }
  state.SetBytesProcessed(state.iterations() * state.range(0));
}
BENCHMARK(BM_CopyString)->Arg(16)->Arg(4096);

}  // namespace
