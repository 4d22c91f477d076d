#include "dataplane/config/compile_route_match.h"

#include <fmt/format.h>

#include "dataplane/config/compile_matchers.h"
#include "dataplane/config/implemented_fields.h"

namespace sluice::config {
namespace {

using envoy::config::route::v3::RouteMatch;
using Kind = route::PathRule::Kind;

// No request line is longer (reliability limits), so a longer rule could never match.
constexpr size_t kMaxPathBytes = 16 * 1024;

void SetText(Kind kind, std::string_view text, const RouteMatch& match, const std::string& path,
             route::PathRule& rule, ErrorList& errors) {
  if (text.size() > kMaxPathBytes)
    errors.Add(path, fmt::format("is longer than {} bytes", kMaxPathBytes));
  rule.kind = kind;
  rule.case_sensitive = !match.has_case_sensitive() || match.case_sensitive().value();
  rule.text = rule.case_sensitive ? std::string(text) : LowerCase(text);
}

void CompilePath(const RouteMatch& match, const std::string& path, route::PathRule& rule,
                 ErrorList& errors) {
  switch (match.path_specifier_case()) {
    case RouteMatch::kPrefix:
      return SetText(Kind::kPrefix, match.prefix(), match, JoinPath(path, "prefix"), rule, errors);
    case RouteMatch::kPath:
      return SetText(Kind::kExact, match.path(), match, JoinPath(path, "path"), rule, errors);
    case RouteMatch::kPathSeparatedPrefix: {
      const std::string& text = match.path_separated_prefix();
      const std::string where = JoinPath(path, "path_separated_prefix");
      if (text.size() < 2 || text.ends_with('/') || text.find_first_of("?#") != std::string::npos) {
        errors.Add(where, "must have at least two bytes, no '?' or '#', and no '/' at its end");
      }
      return SetText(Kind::kSeparatedPrefix, text, match, where, rule, errors);
    }
    case RouteMatch::kSafeRegex:
      // case_sensitive does not touch a regex (xDS says so); (?i) does.
      rule.kind = Kind::kRegex;
      rule.regex = CompileRegex(match.safe_regex(), JoinPath(path, "safe_regex"), errors);
      return;
    case RouteMatch::kConnectMatcher:
      return;  // refused by name with the other fields
    case RouteMatch::PATH_SPECIFIER_NOT_SET:
      errors.Add(path, "one of prefix, path, path_separated_prefix, safe_regex is required");
  }
}

}  // namespace

void CompileRouteMatch(const RouteMatch& match, const std::string& path, route::Route& route,
                       ErrorList& errors) {
  RefuseAllBut(match,
               {"prefix", "path", "path_separated_prefix", "safe_regex", "case_sensitive",
                "headers", "query_parameters", "grpc", "runtime_fraction"},
               path, errors);
  CompilePath(match, path, route.path, errors);
  const std::string headers = JoinPath(path, "headers");
  for (int i = 0; i < match.headers_size(); ++i) {
    route.predicates.headers.push_back(
        CompileHeader(match.headers(i), IndexPath(headers, i), errors));
  }
  const std::string parameters = JoinPath(path, "query_parameters");
  for (int i = 0; i < match.query_parameters_size(); ++i) {
    route.predicates.query.push_back(
        CompileQuery(match.query_parameters(i), IndexPath(parameters, i), errors));
  }
  route.predicates.grpc = match.has_grpc();
  if (match.has_runtime_fraction()) {
    route.predicates.fraction =
        CompileFraction(match.runtime_fraction(), JoinPath(path, "runtime_fraction"), errors);
  }
}

}  // namespace sluice::config
