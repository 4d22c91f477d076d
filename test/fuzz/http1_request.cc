// Whatever bytes a client sends: no crash, no read outside them, and the same events however they
// are cut. What was accepted is written again and must read back as the same message.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "dataplane/http1/head_writer.h"
#include "test/dataplane/http1/recorder.h"

namespace sluice::http1 {
namespace {

void Require(bool holds) {
  if (!holds) std::abort();
}

// The head of the first request, written for an upstream and parsed as one would: the same target,
// host and fields.
void CheckRewritten(std::string_view bytes, const ServerOptions& options) {
  buffer::BlockPool pool;
  buffer::Arena arena(pool);
  http::Head first(arena), second(arena);
  // The fuzzer's own memory has exactly the size of the input: a read behind it is seen.
  const HeadResult parsed = ParseRequestHead(bytes, options.limits, options.rules, first);
  if (parsed.error != http::StreamError::kNone || parsed.consumed == 0) return;
  // HTTP/1.0 without Host has no counterpart in HTTP/1.1; the gateway answers it itself.
  if (first.authority.empty()) return;
  buffer::Buffer out;
  WriteRequestHead(pool, first, {}, ConnectionLine::kOmit, out);
  const std::string text = out.ToString();
  const HeadResult again = ParseRequestHead(text, options.limits, options.rules, second);
  if (again.error == http::StreamError::kHeadTooLarge)
    return;  // our own lines may not fit the limit
  if (again.error == http::StreamError::kTooManyFields) return;
  Require(again.error == http::StreamError::kNone && again.consumed == text.size());
  Require(second.method_text == first.method_text && second.path == first.path);
  Require(second.has_query == first.has_query && second.query == first.query);
  Require(second.authority == first.authority);
}

void CheckRequest(Cut cut, std::string_view bytes) {
  ServerOptions options;
  options.allow_upgrade = (cut.first & 1) != 0;
  options.rules.underscores = static_cast<UnderscorePolicy>(cut.step % 3);
  const std::string whole = ServerRecord(bytes, options, {});
  Require(ServerRecord(bytes, options, cut) == whole);
  Require(ServerRecord(bytes, options, {.first = 1, .step = 1}) == whole);
  CheckRewritten(bytes, options);
}

}  // namespace
}  // namespace sluice::http1

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  if (size < 2) return 0;
  sluice::http1::CheckRequest({.first = data[0], .step = data[1]},
                              {reinterpret_cast<const char*>(data) + 2, size - 2});
  return 0;
}
