#include "dataplane/route/route.h"

#include "dataplane/base/ascii.h"

namespace sluice::route {
namespace {

bool StartsWith(std::string_view path, std::string_view text, bool case_sensitive) {
  if (case_sensitive) return path.starts_with(text);
  return base::EqualsIgnoreCase(path.substr(0, text.size()), text);
}

}  // namespace

bool PathRule::Matches(std::string_view path) const {
  if (kind == Kind::kRegex) return regex->FullMatch(path);
  if (!StartsWith(path, text, case_sensitive)) return false;
  switch (kind) {
    case Kind::kExact:
      return path.size() == text.size();
    case Kind::kSeparatedPrefix:
      return path.size() == text.size() || path[text.size()] == '/';
    default:
      return true;
  }
}

}  // namespace sluice::route
