#include "api/check/value_rules.h"

#include <fmt/format.h>

#include <algorithm>

namespace sluice::api {
namespace {

constexpr int64_t kNanosPerSecond = 1'000'000'000;
constexpr int64_t kMaxSeconds = 315'576'000'000;

int64_t Characters(std::string_view text) {
  return std::count_if(text.begin(), text.end(),
                       [](char c) { return (static_cast<unsigned char>(c) & 0xC0) != 0x80; });
}

bool IsTokenCharacter(char c) {
  if ((c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z')) return true;
  return c != '\0' && std::string_view("!#$%&'*+-.^_`|~").find(c) != std::string_view::npos;
}

bool IsHeaderName(std::string_view text) {
  if (!text.empty() && text[0] == ':') text.remove_prefix(1);
  return !text.empty() && std::all_of(text.begin(), text.end(), IsTokenCharacter);
}

bool IsHeaderValue(std::string_view text) {
  return std::none_of(text.begin(), text.end(), [](char c) {
    return (static_cast<unsigned char>(c) < 0x20 && c != '\t') || c == 0x7F;
  });
}

std::string Listed(const std::vector<std::string_view>& choices) {
  std::string text;
  for (std::string_view choice : choices) {
    text += fmt::format("{}\"{}\"", text.empty() ? "" : ", ", choice);
  }
  return text;
}

std::string Length(bool fits, std::string_view side, int64_t number, std::string_view unit) {
  if (fits) return "";
  if (side == "least" && number == 1) return "must not be empty";
  return fmt::format("must be at {} {} {} long", side, number, unit);
}

// What the value is not, "" if it keeps the rule. NaN breaks every bound.
template <typename T>
std::string_view BrokenRelation(RuleKind kind, T value, T bound) {
  switch (kind) {
    case RuleKind::kGt:
      return value > bound ? "" : "greater than ";
    case RuleKind::kGte:
      return value >= bound ? "" : "at least ";
    case RuleKind::kLt:
      return value < bound ? "" : "less than ";
    case RuleKind::kLte:
      return value <= bound ? "" : "at most ";
    case RuleKind::kNotIn:
      return value != bound ? "" : "other than ";
    default:
      return "";
  }
}

// `show` makes text of a value; only called for an error.
template <typename T, typename Show>
std::string BreaksBound(const ValueRule& rule, T value, Show show) {
  const T bound = static_cast<T>(rule.number);
  const std::string_view relation = BrokenRelation(rule.kind, value, bound);
  if (relation.empty()) return "";
  return fmt::format("must be {}{}, is {}", relation, show(bound), show(value));
}

std::string Seconds(int64_t nanos) {
  std::string text = fmt::format("{}.{:09}", nanos / kNanosPerSecond, nanos % kNanosPerSecond);
  text.erase(text.find_last_not_of('0') + 1);
  if (text.back() == '.') text.pop_back();
  return text + "s";
}

// Saturated: the longest duration has more nanoseconds than 64 bits hold, no bound has.
int64_t Nanoseconds(const google::protobuf::Duration& value) {
  if (value.seconds() >= INT64_MAX / kNanosPerSecond) return INT64_MAX;
  return value.seconds() * kNanosPerSecond + value.nanos();
}

}  // namespace

std::string BreaksRule(const ValueRule& rule, std::string_view text, bool is_bytes) {
  const auto bytes = static_cast<int64_t>(text.size());
  const int64_t length = is_bytes ? bytes : Characters(text);
  const std::string_view unit = is_bytes ? "bytes" : "characters";
  switch (rule.kind) {
    case RuleKind::kMinLen:
      return Length(length >= rule.number, "least", rule.number, unit);
    case RuleKind::kMaxLen:
      return Length(length <= rule.number, "most", rule.number, unit);
    case RuleKind::kMaxBytes:
      return Length(bytes <= rule.number, "most", rule.number, "bytes");
    case RuleKind::kPattern:
      if (re2::RE2::PartialMatch(re2::StringPiece(text.data(), text.size()), *rule.pattern)) {
        return "";
      }
      return fmt::format("must match {}", rule.pattern->pattern());
    case RuleKind::kIn:
      if (std::find(rule.choices.begin(), rule.choices.end(), text) != rule.choices.end()) {
        return "";
      }
      return fmt::format("must be one of {}", Listed(rule.choices));
    case RuleKind::kHeaderText:
      if (text.find_first_of(std::string_view("\0\r\n", 3)) == std::string_view::npos) return "";
      return "must not contain NUL, CR or LF";
    case RuleKind::kHeaderName:
      return IsHeaderName(text) ? "" : "is no valid header name";
    case RuleKind::kHeaderValue:
      return IsHeaderValue(text) ? "" : "is no valid header value";
    default:
      return "";
  }
}

std::string BreaksRule(const ValueRule& rule, int64_t value) {
  return BreaksBound(rule, value, [](int64_t v) { return fmt::to_string(v); });
}

std::string BreaksRule(const ValueRule& rule, uint64_t value) {
  return BreaksBound(rule, value, [](uint64_t v) { return fmt::to_string(v); });
}

std::string BreaksRule(const ValueRule& rule, double value) {
  return BreaksBound(rule, value, [](double v) { return fmt::format("{:g}", v); });
}

std::string BreaksRule(const ValueRule& rule, bool value) {
  if (rule.kind != RuleKind::kConst || value == (rule.number != 0)) return "";
  return value ? "must be false" : "must be true";
}

std::string BreaksRule(const ValueRule& rule, const google::protobuf::Duration& value) {
  return BreaksBound(rule, Nanoseconds(value), Seconds);
}

std::string BreaksDuration(const google::protobuf::Duration& value) {
  if (value.seconds() < 0 || value.nanos() < 0) return "must not be negative";
  if (value.nanos() >= kNanosPerSecond) return "has more than 999999999 nanoseconds";
  if (value.seconds() > kMaxSeconds || (value.seconds() == kMaxSeconds && value.nanos() > 0)) {
    return "must be at most 315576000000s (10,000 years)";
  }
  return "";
}

}  // namespace sluice::api
