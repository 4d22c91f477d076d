// Reads a bootstrap and checks it. An input that begins with a zero byte goes on as a serialized
// Bootstrap, as resources come from the network; any other is YAML or JSON.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "api/check/check_resources.h"
#include "dataplane/config/bootstrap.h"

namespace {

using envoy::config::bootstrap::v3::Bootstrap;
using sluice::api::ErrorList;

void Require(bool condition) {
  if (!condition) std::abort();
}

void CheckAndReport(const Bootstrap& bootstrap) {
  ErrorList errors;
  sluice::api::CheckBootstrap(bootstrap, errors);
  for (const auto& error : errors.errors()) {
    Require(!error.text.empty());
    Require(error.field_path.find('\n') == std::string::npos);
  }
  Require(errors.ToStatus().ok() == errors.empty());
}

void ReadText(std::string_view text) {
  ErrorList errors;
  const auto bootstrap = sluice::config::LoadBootstrap(text, errors);
  Require(bootstrap.has_value() == errors.empty());
  if (!bootstrap.has_value()) return;
  CheckAndReport(*bootstrap);
  // What was read from text can be sent on and read back: limits of depth and UTF-8 hold.
  Bootstrap again;
  Require(again.ParseFromString(bootstrap->SerializeAsString()));
}

void ReadBytes(std::string_view bytes) {
  Bootstrap bootstrap;
  if (!bootstrap.ParseFromArray(bytes.data(), static_cast<int>(bytes.size()))) return;
  CheckAndReport(bootstrap);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view input(reinterpret_cast<const char*>(data), size);
  if (!input.empty() && input[0] == '\0') {
    ReadBytes(input.substr(1));
  } else {
    ReadText(input);
  }
  return 0;
}
