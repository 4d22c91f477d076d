// Time of parsing and writing heads, by size. The gate is the number of instructions
// (head_instructions.cc under callgrind): on a shared machine times are only a hint.
#include <benchmark/benchmark.h>

#include "dataplane/http1/head_parser.h"
#include "dataplane/http1/head_writer.h"
#include "test/dataplane/http1/corpus.h"

namespace sluice::http1 {
namespace {

const Corpus& Chosen(const benchmark::State& state) {
  return kCorpora[static_cast<size_t>(state.range(0))];
}

void Report(benchmark::State& state, size_t bytes) {
  state.SetLabel(std::string(Chosen(state).name));
  state.SetBytesProcessed(static_cast<int64_t>(state.iterations() * bytes));
}

void ParseRequest(benchmark::State& state) {
  buffer::BlockPool pool;
  buffer::Arena arena(pool);
  const std::string_view bytes = Chosen(state).request;
  for (auto _ : state) {
    http::Head head(arena);
    HeadResult result = ParseRequestHead(bytes, {}, {}, head);
    benchmark::DoNotOptimize(result);
    arena.Reset();
  }
  Report(state, bytes.size());
}
BENCHMARK(ParseRequest)->DenseRange(0, 2);

void ParseResponse(benchmark::State& state) {
  buffer::BlockPool pool;
  buffer::Arena arena(pool);
  const std::string_view bytes = Chosen(state).response;
  for (auto _ : state) {
    http::Head head(arena);
    HeadResult result = ParseResponseHead(bytes, {}, http::Method::kGet, head);
    benchmark::DoNotOptimize(result);
    arena.Reset();
  }
  Report(state, bytes.size());
}
BENCHMARK(ParseResponse)->DenseRange(0, 2);

void WriteRequest(benchmark::State& state) {
  buffer::BlockPool pool;
  buffer::Arena arena(pool);
  http::Head head(arena);
  head.HoldBytes(buffer::Slice::Static(Chosen(state).request));
  if (ParseRequestHead(head.received(), {}, {}, head).consumed == 0) state.SkipWithError("corpus");
  head.Append("x-forwarded-for", "203.0.113.7");
  head.Append("x-request-id", "0a1b2c3d-4e5f-6071-8293-a4b5c6d7e8f9");
  for (auto _ : state) {
    buffer::Buffer out;
    WriteRequestHead(pool, head, {}, ConnectionLine::kOmit, out);
    benchmark::DoNotOptimize(out);
  }
  Report(state, head.received().size());
}
BENCHMARK(WriteRequest)->DenseRange(0, 2);

}  // namespace
}  // namespace sluice::http1
