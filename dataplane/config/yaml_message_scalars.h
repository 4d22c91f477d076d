// Single YAML values as protobuf scalars. Pure functions; each returns nothing where the value is
// not of the type or out of its range, and the caller words the error.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace YAML {
class Node;
}

namespace sluice::config {

// What a YAML value is by its looks. Quoted scalars are always kText.
enum class YamlKind : uint8_t {
  kNull,
  kBool,     // true, True, TRUE, false, ... as in the YAML 1.2 core schema
  kInteger,  // decimal, 0x.., 0o.. or 0.. digits
  kFloat,
  kText,
  kList,
  kMap,
  kTagged,  // carries a tag of its own (!secret): never understood, so never accepted
};

YamlKind KindOf(const YAML::Node& node);
// "a number", "a list", ...; says nothing of the value, which may be a secret.
std::string_view NameOf(YamlKind kind);

// All four take decimal text, quoted or not; unquoted also 0x, 0o, a leading 0 as octal, and a
// float without fraction (1e3). Precondition for all: `node` is a scalar.
std::optional<int64_t> ToInt64(const YAML::Node& node);
std::optional<uint64_t> ToUint64(const YAML::Node& node);
std::optional<int32_t> ToInt32(const YAML::Node& node);
std::optional<uint32_t> ToUint32(const YAML::Node& node);

// Decimal, "Infinity", "-Infinity", "NaN", and unquoted .inf, -.inf, .nan. Overflow is nothing.
std::optional<double> ToDouble(const YAML::Node& node);
// Unquoted true/false and YAML 1.1's yes/no/on/off in the spellings Envoy's reader takes.
std::optional<bool> ToBool(const YAML::Node& node);

// Standard or URL-safe base64, with or without padding; no blanks.
std::optional<std::string> DecodeBase64(std::string_view text);

// Seconds and nanoseconds of "1.5s"; both carry the sign. |seconds| <= 315,576,000,000 (10,000
// years), up to nine digits after the point.
struct DurationParts {
  int64_t seconds = 0;
  int32_t nanos = 0;
};
std::optional<DurationParts> ParseDuration(std::string_view text);

// RFC 3629: shortest forms only, no surrogates.
bool IsUtf8(std::string_view text);

}  // namespace sluice::config
