#include "controlplane/compile/route_match.h"

#include <fmt/format.h>

#include "controlplane/compile/path_rewrite.h"
#include "controlplane/model/paths.h"
#include "controlplane/model/route_key.h"

namespace sluice::compile {
namespace {

namespace v3 = envoy::config::route::v3;
using sluice::v1::FieldMatch;
using Kind = model::PathTemplate::Segment::Kind;

void SetBelow(const std::string& prefix, v3::RouteMatch& out) {
  if (prefix.empty()) {
    out.set_prefix("/");
  } else {
    out.set_path_separated_prefix(prefix);
  }
}

std::string TemplateRegex(const std::string& prefix, const std::string& text) {
  std::string regex = QuoteRegex(prefix);
  for (const model::PathTemplate::Segment& segment : model::ParseTemplate(text).segments) {
    regex += '/';
    regex += segment.kind == Kind::kLiteral ? QuoteRegex(segment.text)
             : segment.kind == Kind::kOne   ? "[^/]+"
                                            : ".*";
  }
  return regex;
}

template <typename Matcher>
void SetValue(const FieldMatch& match, Matcher& out) {
  switch (match.value_case()) {
    case FieldMatch::kExact: return out.mutable_string_match()->set_exact(match.exact());
    case FieldMatch::kPrefix: return out.mutable_string_match()->set_prefix(match.prefix());
    case FieldMatch::kRegex:
      return out.mutable_string_match()->mutable_safe_regex()->set_regex(match.regex());
    case FieldMatch::kPresent: return out.set_present_match(match.present());
    case FieldMatch::VALUE_NOT_SET: return;
  }
}

void SetVersion(const Section& section, v3::RouteMatch& out) {
  if (section.header.empty()) return;
  v3::HeaderMatcher& header = *out.add_headers();
  header.set_name(section.header);
  header.mutable_string_match()->set_exact(section.version);
}

void SetPredicates(const sluice::v1::RouteMatch& match, v3::RouteMatch& out) {
  const std::vector<std::string> methods = model::MethodsOf(match);
  if (!methods.empty()) {
    v3::HeaderMatcher& method = *out.add_headers();
    method.set_name(":method");
    auto& value = *method.mutable_string_match();
    std::vector<std::string> quoted;
    for (const std::string& name : methods) quoted.push_back(QuoteRegex(name));
    if (methods.size() == 1) {
      value.set_exact(methods[0]);
    } else {
      value.mutable_safe_regex()->set_regex(fmt::format("{}", fmt::join(quoted, "|")));
    }
  }
  for (const FieldMatch& field : match.headers()) {
    v3::HeaderMatcher& header = *out.add_headers();
    header.set_name(field.name());
    SetValue(field, header);
  }
  for (const FieldMatch& field : match.queries()) {
    v3::QueryParameterMatcher& query = *out.add_query_parameters();
    query.set_name(field.name());
    SetValue(field, query);
  }
}

}  // namespace

std::vector<v3::RouteMatch> CompileMatch(const sluice::v1::RouteMatch& match,
                                         const Section& section) {
  v3::RouteMatch out;
  SetVersion(section, out);
  SetPredicates(match, out);
  const std::string prefix = section.Prefix();
  switch (match.path_case()) {
    case sluice::v1::RouteMatch::kTemplate:
      out.mutable_safe_regex()->set_regex(TemplateRegex(prefix, match.template_()));
      return {out};
    case sluice::v1::RouteMatch::kExact: {
      out.set_path(prefix + match.exact());
      if (match.exact() != "/" || prefix.empty()) return {out};
      v3::RouteMatch bare = out;
      bare.set_path(prefix);
      return {bare, out};
    }
    default:
      SetBelow(prefix + std::string(model::PrefixOf(match)), out);
      return {out};
  }
}

v3::RouteMatch MatchBelow(const std::string& prefix, const Section& section) {
  v3::RouteMatch out;
  SetBelow(prefix, out);
  SetVersion(section, out);
  return out;
}

}  // namespace sluice::compile
