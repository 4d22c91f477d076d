#include "dataplane/config/bootstrap.h"

#include <fmt/format.h>

#include "dataplane/config/yaml_message.h"
#include "dataplane/config/yaml_message_document.h"

namespace sluice::config {
namespace {

// Values that aliases may add to those written in the text. A text without aliases has less values
// than bytes, so this is a bound for aliases alone: ten lines of them can mean 10^9 values.
constexpr size_t kMaxAliasedValues = 100'000;

}  // namespace

std::optional<envoy::config::bootstrap::v3::Bootstrap> LoadBootstrap(std::string_view text,
                                                                     ErrorList& errors) {
  const size_t before = errors.size();
  auto bootstrap = ReadBootstrap(text, errors);
  if (errors.size() != before || errors.dropped() != 0) return std::nullopt;
  return bootstrap;
}

std::optional<envoy::config::bootstrap::v3::Bootstrap> ReadBootstrap(std::string_view text,
                                                                     ErrorList& errors) {
  if (text.size() > kMaxBootstrapBytes) {
    errors.Add(
        "", fmt::format("{} bytes are more than the {} allowed", text.size(), kMaxBootstrapBytes));
    return std::nullopt;
  }
  const std::optional<YAML::Node> document = ParseYaml(text, errors);
  if (!document.has_value()) return std::nullopt;
  envoy::config::bootstrap::v3::Bootstrap bootstrap;
  const YamlLimits limits{.max_values = text.size() + kMaxAliasedValues};
  (void)YamlToMessage(*document, bootstrap, "", errors, limits);
  return bootstrap;
}

}  // namespace sluice::config
