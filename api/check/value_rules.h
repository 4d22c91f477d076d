// Single values against single rules. Pure functions; an empty result means that the value keeps
// the rule, else it is the text of the error, ready to stand behind "path: ".
#pragma once

#include <google/protobuf/duration.pb.h>

#include <cstdint>
#include <string>
#include <string_view>

#include "api/check/rule_set.h"

namespace sluice::api {

// A rule of another kind of value is kept by any. Texts never show strings, which may be secrets.
std::string BreaksRule(const ValueRule& rule, std::string_view text, bool is_bytes);
std::string BreaksRule(const ValueRule& rule, int64_t value);
std::string BreaksRule(const ValueRule& rule, uint64_t value);
std::string BreaksRule(const ValueRule& rule, double value);
std::string BreaksRule(const ValueRule& rule, bool value);
std::string BreaksRule(const ValueRule& rule, const google::protobuf::Duration& value);

// What holds for every duration: 0 <= value <= 10,000 years (315,576,000,000 s) and nanoseconds
// below one second. None in the subset has a use for a negative one.
std::string BreaksDuration(const google::protobuf::Duration& value);

}  // namespace sluice::api
