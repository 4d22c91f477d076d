#include "dataplane/route/string_matcher.h"

#include <algorithm>

#include "dataplane/base/ascii.h"

namespace sluice::route {
namespace {

bool ContainsIgnoringCase(std::string_view value, std::string_view lower) {
  return std::search(value.begin(), value.end(), lower.begin(), lower.end(),
                     [](char a, char b) { return base::AsciiLower(a) == b; }) != value.end() ||
         lower.empty();
}

}  // namespace

bool StringMatcher::Matches(std::string_view value) const {
  auto same = [this](std::string_view part) {
    return ignore_case ? base::EqualsIgnoreCase(part, text) : part == text;
  };
  switch (kind) {
    case Kind::kExact:
      return same(value);
    case Kind::kPrefix:
      return value.size() >= text.size() && same(value.substr(0, text.size()));
    case Kind::kSuffix:
      return value.size() >= text.size() && same(value.substr(value.size() - text.size()));
    case Kind::kContains:
      return ignore_case ? ContainsIgnoringCase(value, text)
                         : value.find(text) != std::string_view::npos;
    case Kind::kRegex:
      return regex->FullMatch(value);
  }
  return false;
}

}  // namespace sluice::route
