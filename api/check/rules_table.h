// The constraints of the official API on the fields of the subset, as data; rules_table.cc is
// generated. Constant data; any thread.
//
// Not in the table, because they hold for every message: an enum has a known value, a duration is
// neither negative nor over 10,000 years (check_message.h).
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

namespace sluice::api {

enum class RuleKind : uint8_t {
  kMessage,      // starts the rows of the message named by `text`
  kOneof,        // one member of the oneof that `field` belongs to is set
  kRequired,     // set, of messages
  kMinLen,       // characters of a string, bytes of bytes
  kMaxLen,       // the same
  kMaxBytes,     // of a string in UTF-8
  kPattern,      // the string matches the RE2 pattern in `text`
  kIn,           // one of the strings in `text`, separated by '|'
  kHeaderText,   // neither NUL, CR nor LF
  kHeaderName,   // a token, perhaps after a ':' (RFC 9110 5.6.2)
  kHeaderValue,  // no control characters but tab
  kIgnoreEmpty,  // the other rules of this field leave an empty string alone
  kGt,           // kGt to kLte: a number, or nanoseconds of a duration
  kGte,
  kLt,
  kLte,
  kNotIn,     // not this number of an enum
  kConst,     // this bool
  kMinItems,  // of a list or map
  kMaxItems,
  kUnique,  // no two equal items of a list
};

// What a rule looks at: the value, a wrapped one included; each item of a list; each key of a map.
// Presence: a rule on a field that knows whether it is set (a message, a member of a oneof) holds
// only once it is; other scalars are always there, with 0 or "".
enum class RuleTarget : uint8_t { kValue, kItem, kKey };

struct RuleRow {
  RuleKind kind = RuleKind::kMessage;
  RuleTarget target = RuleTarget::kValue;
  int32_t field = 0;
  int64_t number = 0;
  std::string_view text;
};

constexpr RuleRow Of(std::string_view message) {
  return {RuleKind::kMessage, RuleTarget::kValue, 0, 0, message};
}
constexpr RuleRow On(int32_t field, RuleKind kind, int64_t number = 0, std::string_view text = "") {
  return {kind, RuleTarget::kValue, field, number, text};
}
constexpr RuleRow OnItem(int32_t field, RuleKind kind, int64_t number = 0,
                         std::string_view text = "") {
  return {kind, RuleTarget::kItem, field, number, text};
}
constexpr RuleRow OnKey(int32_t field, RuleKind kind, int64_t number = 0,
                        std::string_view text = "") {
  return {kind, RuleTarget::kKey, field, number, text};
}

// A field of the API that Sluice will have in a later phase, in a message that it has already.
struct LaterField {
  std::string_view message;
  int32_t number = 0;
  std::string_view name;
};

// Rows of one message stand together after its kMessage row, those of one field beside each other.
std::span<const RuleRow> RuleTable();
// Sorted by message and number.
std::span<const LaterField> LaterFields();

}  // namespace sluice::api
