#include "dataplane/config/yaml_message_scalars.h"

#include <yaml-cpp/yaml.h>

#include <array>
#include <charconv>
#include <cmath>
#include <limits>

namespace sluice::config {
namespace {

constexpr int64_t kMaxDurationSeconds = 315'576'000'000;

bool IsPlain(const YAML::Node& node) { return node.Tag() == "?" || node.Tag().empty(); }

bool IsDigit(char c) { return c >= '0' && c <= '9'; }

// A decimal, hexadecimal or octal number without its sign.
struct Magnitude {
  std::string_view digits;
  int base = 10;
};

Magnitude SplitBase(std::string_view text, bool plain) {
  if (!plain || text.size() < 2 || text[0] != '0') return {text, 10};
  if (text[1] == 'x') return {text.substr(2), 16};
  if (text[1] == 'o') return {text.substr(2), 8};
  return {text.substr(1), 8};
}

std::optional<uint64_t> ParseMagnitude(Magnitude m) {
  uint64_t value = 0;
  const char* end = m.digits.data() + m.digits.size();
  const auto result = std::from_chars(m.digits.data(), end, value, m.base);
  if (result.ec != std::errc() || result.ptr != end || m.digits.empty()) return std::nullopt;
  return value;
}

// Sign and magnitude of an integer; |value| <= 2^64 - 1.
struct SignedMagnitude {
  bool negative = false;
  uint64_t magnitude = 0;
};

std::optional<double> ParseDouble(std::string_view text) {
  if (text.empty() || text[0] == '+') return std::nullopt;
  double value = 0;
  const char* end = text.data() + text.size();
  const auto result = std::from_chars(text.data(), end, value);
  if (result.ec != std::errc() || result.ptr != end || !std::isfinite(value)) return std::nullopt;
  return value;
}

std::optional<SignedMagnitude> ToInteger(const YAML::Node& node) {
  std::string_view text = node.Scalar();
  SignedMagnitude out;
  if (!text.empty() && (text[0] == '-' || (text[0] == '+' && IsPlain(node)))) {
    out.negative = text[0] == '-';
    text.remove_prefix(1);
  }
  if (text.empty() || !IsDigit(text[0])) return std::nullopt;
  if (auto magnitude = ParseMagnitude(SplitBase(text, IsPlain(node)))) {
    out.magnitude = *magnitude;
    return out;
  }
  if (text.find_first_of(".eE") == std::string_view::npos) return std::nullopt;
  // 1e3 and 5.0 are integers in the JSON mapping. 2^53 is where doubles stop to hold each of them.
  const std::optional<double> number = ParseDouble(text);
  if (!number.has_value() || *number > 9007199254740992.0 || std::trunc(*number) != *number) {
    return std::nullopt;
  }
  out.magnitude = static_cast<uint64_t>(*number);
  return out;
}

bool LooksLikeInteger(std::string_view text) {
  if (!text.empty() && (text[0] == '-' || text[0] == '+')) text.remove_prefix(1);
  if (text.empty() || !IsDigit(text[0])) return false;
  std::string_view allowed = "0123456789";
  if (text.size() > 2 && text[0] == '0' && (text[1] == 'x' || text[1] == 'o')) {
    allowed = text[1] == 'x' ? "0123456789abcdefABCDEF" : "01234567";
    text.remove_prefix(2);
  }
  return text.find_first_not_of(allowed) == std::string_view::npos;
}

bool LooksLikeBool(std::string_view text) {
  for (std::string_view word : {"true", "True", "TRUE", "false", "False", "FALSE"}) {
    if (text == word) return true;
  }
  return false;
}

int Base64Value(char c) {
  if (c >= 'A' && c <= 'Z') return c - 'A';
  if (c >= 'a' && c <= 'z') return c - 'a' + 26;
  if (IsDigit(c)) return c - '0' + 52;
  if (c == '+' || c == '-') return 62;
  if (c == '/' || c == '_') return 63;
  return -1;
}

}  // namespace

YamlKind KindOf(const YAML::Node& node) {
  const std::string& tag = node.Tag();
  const bool core = tag.empty() || tag == "?" || tag == "!" || tag == "tag:yaml.org,2002:str" ||
                    tag == "tag:yaml.org,2002:map" || tag == "tag:yaml.org,2002:seq";
  if (!core) return YamlKind::kTagged;
  if (node.IsMap()) return YamlKind::kMap;
  if (node.IsSequence()) return YamlKind::kList;
  if (!node.IsScalar()) return YamlKind::kNull;
  if (!IsPlain(node)) return YamlKind::kText;
  const std::string& text = node.Scalar();
  if (LooksLikeBool(text)) return YamlKind::kBool;
  if (LooksLikeInteger(text)) return YamlKind::kInteger;
  if (ToDouble(node).has_value()) return YamlKind::kFloat;
  return YamlKind::kText;
}

std::string_view NameOf(YamlKind kind) {
  static constexpr std::array<std::string_view, 8> kNames = {
      "nothing", "true or false", "a number", "a number",
      "text",    "a list",        "a map",    "a value with a tag"};
  return kNames[static_cast<size_t>(kind)];
}

std::optional<int64_t> ToInt64(const YAML::Node& node) {
  const std::optional<SignedMagnitude> value = ToInteger(node);
  if (!value.has_value()) return std::nullopt;
  constexpr uint64_t kMax = std::numeric_limits<int64_t>::max();
  if (value->magnitude > kMax + (value->negative ? 1 : 0)) return std::nullopt;
  // Unsigned negation: -2^63 has no positive counterpart.
  return static_cast<int64_t>(value->negative ? 0 - value->magnitude : value->magnitude);
}

std::optional<uint64_t> ToUint64(const YAML::Node& node) {
  const std::optional<SignedMagnitude> value = ToInteger(node);
  if (!value.has_value() || (value->negative && value->magnitude > 0)) return std::nullopt;
  return value->magnitude;
}

std::optional<int32_t> ToInt32(const YAML::Node& node) {
  const std::optional<int64_t> value = ToInt64(node);
  if (!value.has_value() || *value < std::numeric_limits<int32_t>::min() ||
      *value > std::numeric_limits<int32_t>::max()) {
    return std::nullopt;
  }
  return static_cast<int32_t>(*value);
}

std::optional<uint32_t> ToUint32(const YAML::Node& node) {
  const std::optional<uint64_t> value = ToUint64(node);
  if (!value.has_value() || *value > std::numeric_limits<uint32_t>::max()) return std::nullopt;
  return static_cast<uint32_t>(*value);
}

std::optional<double> ToDouble(const YAML::Node& node) {
  const std::string& text = node.Scalar();
  constexpr double kInfinity = std::numeric_limits<double>::infinity();
  if (IsPlain(node)) {
    if (text == ".inf" || text == ".Inf" || text == ".INF") return kInfinity;
    if (text == "-.inf" || text == "-.Inf" || text == "-.INF") return -kInfinity;
    if (text == ".nan" || text == ".NaN" || text == ".NAN") return std::nan("");
  }
  if (text == "Infinity") return kInfinity;
  if (text == "-Infinity") return -kInfinity;
  if (text == "NaN") return std::nan("");
  // from_chars takes "inf" and "nan" too, which are words here.
  if (text.find_first_not_of("0123456789+-.eE") != std::string::npos) return std::nullopt;
  return ParseDouble(text);
}

std::optional<bool> ToBool(const YAML::Node& node) {
  bool value = false;
  if (!IsPlain(node) || !YAML::convert<bool>::decode(node, value)) return std::nullopt;
  return value;
}

std::optional<std::string> DecodeBase64(std::string_view text) {
  const size_t padding = text.size() - text.find_last_not_of('=') - 1;
  if (text.find_last_not_of('=') == std::string_view::npos) {
    return text.empty() ? std::optional<std::string>("") : std::nullopt;
  }
  if (padding > 0 && (padding > 2 || text.size() % 4 != 0)) return std::nullopt;
  text.remove_suffix(padding);
  if (text.size() % 4 == 1) return std::nullopt;
  std::string out;
  out.reserve(text.size() / 4 * 3 + 2);
  uint32_t bits = 0;
  int held = 0;
  for (char c : text) {
    const int value = Base64Value(c);
    if (value < 0) return std::nullopt;
    bits = bits << 6 | static_cast<uint32_t>(value);
    held += 6;
    if (held < 8) continue;
    held -= 8;
    out += static_cast<char>(bits >> held & 0xFF);
  }
  return out;
}

std::optional<DurationParts> ParseDuration(std::string_view text) {
  if (text.empty() || text.back() != 's') return std::nullopt;
  text.remove_suffix(1);
  const bool negative = !text.empty() && text[0] == '-';
  if (negative) text.remove_prefix(1);
  const size_t point = text.find('.');
  const std::string_view whole = text.substr(0, point);
  const std::string_view fraction =
      point == std::string_view::npos ? std::string_view() : text.substr(point + 1);
  if (point != std::string_view::npos && (fraction.empty() || fraction.size() > 9)) {
    return std::nullopt;
  }
  const std::optional<uint64_t> seconds = ParseMagnitude({whole, 10});
  if (!seconds.has_value() || *seconds > kMaxDurationSeconds) return std::nullopt;
  std::string padded(fraction);
  padded.resize(9, '0');
  const std::optional<uint64_t> nanos = ParseMagnitude({padded, 10});
  if (!nanos.has_value() || (*seconds == kMaxDurationSeconds && *nanos > 0)) return std::nullopt;
  const int sign = negative ? -1 : 1;
  return DurationParts{sign * static_cast<int64_t>(*seconds), sign * static_cast<int32_t>(*nanos)};
}

bool IsUtf8(std::string_view text) {
  for (size_t i = 0; i < text.size();) {
    const auto lead = static_cast<unsigned char>(text[i++]);
    if (lead < 0x80) continue;
    const int more = lead >= 0xF0 ? 3 : lead >= 0xE0 ? 2 : 1;
    if (lead < 0xC2 || lead > 0xF4 || text.size() - i < static_cast<size_t>(more)) return false;
    uint32_t code = lead & (0x3F >> more);
    for (int k = 0; k < more; ++k) {
      const auto next = static_cast<unsigned char>(text[i++]);
      if ((next & 0xC0) != 0x80) return false;
      code = code << 6 | (next & 0x3F);
    }
    static constexpr std::array<uint32_t, 4> kLeast = {0, 0x80, 0x800, 0x10000};
    if (code < kLeast[more] || code > 0x10FFFF || (code >= 0xD800 && code <= 0xDFFF)) return false;
  }
  return true;
}

}  // namespace sluice::config
