// Compiles resources as they come from a control plane, whose content may be hostile. The input is a
// list of resources: one byte for the type, two for the length (big-endian), the serialised message.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "dataplane/config/compile_endpoints.h"
#include "dataplane/config/compiler.h"
#include "envoy/config/endpoint/v3/endpoint.pb.h"

namespace {

using sluice::config::Compiler;
using sluice::config::ResourceType;

void Require(bool condition) {
  if (!condition) std::abort();
}

void CompileEndpoints(const sluice::config::Resource& resource) {
  sluice::config::ErrorList errors;
  const auto& assignment =
      dynamic_cast<const envoy::config::endpoint::v3::ClusterLoadAssignment&>(*resource.message);
  sluice::config::CompileAssignment(assignment, "", errors);
  for (const auto& error : errors.errors()) Require(!error.text.empty());
}

// Takes the next resource off `input` into `order`; false at the end.
bool TakeResource(std::string_view& input, Compiler::Order& order) {
  if (input.size() < 3) return false;
  const auto type = sluice::config::kResourceTypes[static_cast<uint8_t>(input[0]) % 4];
  const size_t length = static_cast<uint8_t>(input[1]) << 8 | static_cast<uint8_t>(input[2]);
  const std::string_view bytes = input.substr(3, length);
  input.remove_prefix(3 + bytes.size());
  const auto resource = sluice::config::DecodeResource(type, "", "1", bytes);
  if (!resource.ok()) return true;
  if (type == ResourceType::kEndpoint) {
    CompileEndpoints(**resource);
  } else {
    order.wanted.of(type)[(*resource)->name] = *resource;
  }
  return true;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  std::string_view input(reinterpret_cast<const char*>(data), size);
  sluice::stats::HttpStatsRegistry stats(1);
  const envoy::config::bootstrap::v3::Bootstrap bootstrap;
  Compiler compiler(bootstrap, stats);
  sluice::config::ErrorList errors;
  Require(compiler.CompileStatics(errors) != nullptr);
  Compiler::Order order;
  while (TakeResource(input, order)) {
  }
  const Compiler::Result first = compiler.Compile(order);
  Require((first.draft == nullptr) == !first.problems.empty());
  // What was compiled is shared with the next draft, and says the same again.
  const Compiler::Result second = compiler.Compile(order);
  Require((first.draft == nullptr) == (second.draft == nullptr));
  Require(first.problems.size() == second.problems.size());
  // From a standard server the good ones serve and the bad ones are named.
  order.mode = Compiler::Mode::kKeepGood;
  Require(compiler.Compile(order).draft != nullptr);
  return 0;
}
