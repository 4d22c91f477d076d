#include "dataplane/config/compile_hash_policy.h"

#include <fmt/format.h>

#include <vector>

#include "dataplane/config/compile_matchers.h"
#include "dataplane/config/implemented_fields.h"
#include "dataplane/http/text.h"

namespace sluice::config {
namespace {

using envoy::config::route::v3::RouteAction;
using Proto = RouteAction::HashPolicy;
using route::HashRule;

void CompileField(const Proto::Header& header, const std::string& path, HashRule& out,
                  ErrorList& errors) {
  out.kind = HashRule::Kind::kHeader;
  out.header = route::HeaderName::Of(header.header_name());
  // Pseudo fields stand for the start line.
  if (!header.header_name().starts_with(':')) {
    CheckFieldName(header.header_name(), JoinPath(path, "header_name"), errors);
  } else if (out.header.source == route::HeaderName::Source::kNothing) {
    errors.Add(JoinPath(path, "header_name"),
               fmt::format("'{}' is not a known pseudo field", header.header_name()));
  }
  if (!header.has_regex_rewrite()) return;
  const std::string at = JoinPath(path, "regex_rewrite");
  const auto& rewrite = header.regex_rewrite();
  out.substitution = rewrite.substitution();
  out.regex = CompileRegex(rewrite.pattern(), JoinPath(at, "pattern"), errors);
  std::string why;
  if (out.regex != nullptr && !out.regex->AcceptsSubstitution(out.substitution, &why)) {
    errors.Add(JoinPath(at, "substitution"), why);
  }
}

// A part of a Set-Cookie must not end it or begin another part (RFC 6265 4.1.1).
void CheckCookieText(const std::string& text, const std::string& path, ErrorList& errors) {
  for (const char c : text) {
    if (c >= ' ' && c < 0x7f && c != ';') continue;
    return errors.Add(path, "has a byte that a cookie's attribute cannot hold");
  }
}

void CompileCookie(const Proto::Cookie& cookie, const std::string& path, HashRule& out,
                   ErrorList& errors) {
  out.kind = HashRule::Kind::kCookie;
  out.name = cookie.name();
  if (!http::IsToken(out.name)) errors.Add(JoinPath(path, "name"), "is not a cookie's name");
  CheckCookieText(cookie.path(), JoinPath(path, "path"), errors);
  out.makes_cookie = cookie.has_ttl();
  if (cookie.ttl().seconds() < 0 || cookie.ttl().nanos() < 0) {
    errors.Add(JoinPath(path, "ttl"), "must not be negative");
  }
  std::string& attributes = out.cookie_attributes;
  // Without Max-Age the cookie lasts as long as the client's session.
  if (cookie.ttl().seconds() > 0) attributes += fmt::format("; Max-Age={}", cookie.ttl().seconds());
  if (!cookie.path().empty()) attributes += "; Path=" + cookie.path();
  for (int i = 0; i < cookie.attributes_size(); ++i) {
    const std::string at = IndexPath(JoinPath(path, "attributes"), i);
    const auto& attribute = cookie.attributes(i);
    if (!http::IsToken(attribute.name())) errors.Add(JoinPath(at, "name"), "is not a token");
    CheckCookieText(attribute.value(), JoinPath(at, "value"), errors);
    attributes += "; " + attribute.name();
    if (!attribute.value().empty()) attributes += "=" + attribute.value();
  }
  attributes += "; HttpOnly";
}

}  // namespace

route::HashPolicy CompileHashPolicy(const RouteAction& action, const std::string& path,
                                    ErrorList& errors) {
  std::vector<HashRule> rules;
  for (int i = 0; i < action.hash_policy_size(); ++i) {
    const Proto& proto = action.hash_policy(i);
    const std::string at = IndexPath(JoinPath(path, "hash_policy"), i);
    RefuseAllBut(proto, {"header", "cookie", "connection_properties", "query_parameter", "terminal"},
                 at, errors);
    HashRule rule;
    rule.terminal = proto.terminal();
    switch (proto.policy_specifier_case()) {
      case Proto::kHeader:
        CompileField(proto.header(), JoinPath(at, "header"), rule, errors);
        break;
      case Proto::kCookie:
        CompileCookie(proto.cookie(), JoinPath(at, "cookie"), rule, errors);
        break;
      case Proto::kConnectionProperties:
        if (!proto.connection_properties().source_ip()) continue;
        break;
      case Proto::kQueryParameter:
        rule.kind = HashRule::Kind::kQueryParameter;
        rule.name = proto.query_parameter().name();
        if (rule.name.empty()) errors.Add(JoinPath(at, "query_parameter.name"), "must not be empty");
        break;
      case Proto::kFilterState:
        break;  // refused above
      default:
        errors.Add(at, "one of header, cookie, connection_properties, query_parameter is required");
    }
    rules.push_back(std::move(rule));
  }
  return route::HashPolicy(std::move(rules));
}

}  // namespace sluice::config
