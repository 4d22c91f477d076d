#include "dataplane/route/path_rewrite.h"

#include <algorithm>
#include <string>

namespace sluice::route {
namespace {

// Bytes of the path that the rule is about: matched bytes are cut, so that a path spelt differently
// from the rule (another case) loses as much as it matched.
size_t MatchedBytes(const PathRule& rule, std::string_view path) {
  return rule.kind == PathRule::Kind::kRegex ? path.size()
                                             : std::min(rule.text.size(), path.size());
}

std::string_view Rooted(std::string_view path) { return path.starts_with('/') ? "" : "/"; }

}  // namespace

std::string_view ApplyPathRewrite(const PathRewrite& rewrite, const PathRule& rule,
                                  std::string_view path, buffer::Arena& arena) {
  if (rewrite.regex) {
    const std::string text = rewrite.regex->regex->ReplaceAll(path, rewrite.regex->substitution);
    return arena.Concat(Rooted(text), text);
  }
  if (rewrite.prefix.empty()) return path;
  return arena.Concat(Rooted(rewrite.prefix), rewrite.prefix,
                      path.substr(MatchedBytes(rule, path)));
}

}  // namespace sluice::route
