#include "dataplane/config/bootstrap.h"

#include <fmt/format.h>
#include <yaml-cpp/yaml.h>

#include <string>
#include <vector>

#include "dataplane/config/yaml_message.h"
#include "dataplane/config/yaml_message_scalars.h"

namespace sluice::config {
namespace {

// Values that aliases may add to those written in the text. A text without aliases has less values
// than bytes, so this is a bound for aliases alone: ten lines of them can mean 10^9 values.
constexpr size_t kMaxAliasedValues = 100'000;

// yaml-cpp 0.7 takes the end of the text for the end of a quoted scalar when blank lines precede
// it, and swallows all that stands behind a forgotten quote. At an end-of-document marker it does
// not.
std::string WithEndMarker(std::string_view text) {
  std::string out(text);
  const size_t last = text.find_last_not_of(" \t\r\n");
  const std::string_view blank = text.substr(last == std::string_view::npos ? 0 : last + 1);
  if (blank.find_first_of("\r\n") == std::string_view::npos) return out;
  out += blank.back() == '\n' ? "...\n" : "\n...\n";
  return out;
}

// yaml-cpp speaks by exceptions; they end here.
std::optional<YAML::Node> ParseDocument(std::string_view text, ErrorList& errors) {
  try {
    std::vector<YAML::Node> documents = YAML::LoadAll(WithEndMarker(text));
    if (documents.size() > 1) {
      errors.Add("", fmt::format("{} YAML documents where one is expected", documents.size()));
      return std::nullopt;
    }
    if (documents.empty() || documents[0].IsNull()) {
      errors.Add("", "the text is empty");
      return std::nullopt;
    }
    return documents[0];
  } catch (const YAML::Exception& e) {
    const std::string_view what = e.msg == YAML::ErrorMsg::DOC_IN_SCALAR
                                      ? "a quoted text does not end before this"
                                      : std::string_view(e.msg);
    if (e.mark.is_null()) {
      errors.Add("", fmt::format("not valid YAML: {}", what));
    } else {
      errors.Add("", fmt::format("not valid YAML: {} (line {}, column {})", what, e.mark.line + 1,
                                 e.mark.column + 1));
    }
    return std::nullopt;
  }
}

}  // namespace

std::optional<envoy::config::bootstrap::v3::Bootstrap> LoadBootstrap(std::string_view text,
                                                                     ErrorList& errors) {
  if (text.size() > kMaxBootstrapBytes) {
    errors.Add(
        "", fmt::format("{} bytes are more than the {} allowed", text.size(), kMaxBootstrapBytes));
    return std::nullopt;
  }
  // yaml-cpp would take NUL bytes for a sign of UTF-16.
  if (text.find('\0') != std::string_view::npos || !IsUtf8(text)) {
    errors.Add("", "the text is not valid UTF-8");
    return std::nullopt;
  }
  const std::optional<YAML::Node> document = ParseDocument(text, errors);
  if (!document.has_value()) return std::nullopt;
  envoy::config::bootstrap::v3::Bootstrap bootstrap;
  const YamlLimits limits{.max_values = text.size() + kMaxAliasedValues};
  if (!YamlToMessage(*document, bootstrap, "", errors, limits)) return std::nullopt;
  return bootstrap;
}

}  // namespace sluice::config
