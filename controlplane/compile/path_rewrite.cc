#include "controlplane/compile/path_rewrite.h"

#include "controlplane/model/paths.h"
#include "controlplane/model/route_key.h"

namespace sluice::compile {
namespace {

using envoy::config::route::v3::RouteAction;
using sluice::v1::Rewrite;
using sluice::v1::Route;
using sluice::v1::RouteMatch;

// What stands where base path and version stood.
std::string NewStart(const Rewrite& rewrite, const Section& section) {
  const std::string put(model::NormalBasePath(rewrite.prefix()));
  switch (rewrite.strip()) {
    case Rewrite::BASE_PATH: return put + section.version_path;
    case Rewrite::BASE_PATH_AND_VERSION: return put;
    default: return section.Prefix() + put;
  }
}

void SetRegex(std::string pattern, std::string substitution, RouteAction& action) {
  action.mutable_regex_rewrite()->mutable_pattern()->set_regex(std::move(pattern));
  action.mutable_regex_rewrite()->set_substitution(std::move(substitution));
}

// `matched` is cut from the start of the path by whole segments.
void ReplacePrefix(const std::string& matched, const std::string& with, RouteAction& action) {
  if (with == matched) return;
  if (matched.empty()) {
    action.set_prefix_rewrite(with + "/");  // the match is "/", which goes with it
  } else if (with.empty()) {
    SetRegex("^" + QuoteRegex(matched) + "/?", "/", action);
  } else {
    action.set_prefix_rewrite(with);
  }
}

}  // namespace

void SetPathRewrite(const Route& route, const Section& section, RouteAction& action) {
  const std::string start = section.Prefix();
  const std::string new_start = NewStart(route.rewrite(), section);
  const RouteMatch& match = route.match();
  if (match.path_case() == RouteMatch::kTemplate) {
    if (new_start != start) SetRegex("^" + QuoteRegex(start) + "/", new_start + "/", action);
  } else if (match.path_case() == RouteMatch::kExact) {
    if (new_start != start) action.set_prefix_rewrite(new_start + match.exact());
  } else {
    const std::string prefix(model::PrefixOf(match));
    const bool replaced = !route.rewrite().prefix().empty();
    ReplacePrefix(start + prefix, replaced ? new_start : new_start + prefix, action);
  }
}

std::string QuoteRegex(std::string_view text) {
  std::string quoted;
  for (char c : text) {
    const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                       c == '/' || c == '_' || c == '-';
    if (!plain) quoted += '\\';
    quoted += c;
  }
  return quoted;
}

}  // namespace sluice::compile
