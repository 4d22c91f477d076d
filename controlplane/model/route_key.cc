#include "controlplane/model/route_key.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "controlplane/model/paths.h"
#include "controlplane/model/syntax.h"

namespace sluice::model {
namespace {

using sluice::v1::FieldMatch;
using sluice::v1::RouteMatch;

// Values may hold anything but come last in their line and cannot end it: a line feed in a value is
// refused elsewhere, and for what is refused equality does not matter.
std::string ConditionKey(std::string_view where, std::string_view name, const FieldMatch& match) {
  switch (match.value_case()) {
    case FieldMatch::kExact: return fmt::format("{} {} = {}", where, name, match.exact());
    case FieldMatch::kPrefix: return fmt::format("{} {} ^ {}", where, name, match.prefix());
    case FieldMatch::kRegex: return fmt::format("{} {} ~ {}", where, name, match.regex());
    case FieldMatch::kPresent: return fmt::format("{} {} ? {}", where, name, match.present());
    case FieldMatch::VALUE_NOT_SET: break;
  }
  return fmt::format("{} {}", where, name);
}

std::string TemplateKey(std::string_view text) {
  const PathTemplate parsed = ParseTemplate(text);
  if (!parsed.error.empty()) return fmt::format("template {}", text);
  std::string key = "template ";
  for (const PathTemplate::Segment& segment : parsed.segments) {
    key += '/';
    key += segment.kind == PathTemplate::Segment::Kind::kLiteral ? segment.text
           : segment.kind == PathTemplate::Segment::Kind::kOne   ? "{}"
                                                                  : "{**}";
  }
  return key;
}

}  // namespace

std::string_view PrefixOf(const RouteMatch& match) {
  return match.path_case() == RouteMatch::kPrefix ? NormalBasePath(match.prefix())
                                                  : std::string_view();
}

std::string PathKey(const RouteMatch& match) {
  switch (match.path_case()) {
    case RouteMatch::kExact: return fmt::format("exact {}", match.exact());
    case RouteMatch::kTemplate: return TemplateKey(match.template_());
    case RouteMatch::kPrefix:
    case RouteMatch::PATH_NOT_SET: break;
  }
  return fmt::format("prefix {}", PrefixOf(match).empty() ? "/" : PrefixOf(match));
}

std::vector<std::string> MethodsOf(const RouteMatch& match) {
  std::set<std::string> methods(match.methods().begin(), match.methods().end());
  if (methods.count("GET") != 0) methods.insert("HEAD");
  return {methods.begin(), methods.end()};
}

std::string PredicatesKey(const RouteMatch& match) {
  std::set<std::string> conditions;
  for (const FieldMatch& header : match.headers()) {
    conditions.insert(ConditionKey("header", LowerCase(header.name()), header));
  }
  for (const FieldMatch& query : match.queries()) {
    conditions.insert(ConditionKey("query", query.name(), query));
  }
  std::string key = fmt::format("methods {}", fmt::join(MethodsOf(match), ","));
  for (const std::string& condition : conditions) (key += '\n') += condition;
  return key;
}

}  // namespace sluice::model
