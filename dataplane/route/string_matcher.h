// One string condition (xDS: type.matcher.v3.StringMatcher). Immutable, shared by all workers.
// Compares bytes: nothing is decoded or normalised here. An empty text holds for every value with
// kPrefix, kSuffix and kContains; the configuration compiler refuses those.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "dataplane/route/regex.h"

namespace sluice::route {

struct StringMatcher {
  enum class Kind : uint8_t { kExact, kPrefix, kSuffix, kContains, kRegex };

  Kind kind = Kind::kExact;
  bool ignore_case = false;            // ASCII letters; not with kRegex
  std::string text;                    // lower case if ignore_case; unused with kRegex
  std::shared_ptr<const Regex> regex;  // with kRegex

  // Linear in `value`, whatever it holds.
  bool Matches(std::string_view value) const;
};

}  // namespace sluice::route
