// From xDS matchers to the router's: strings, regexes, header fields, query parameters. For routes,
// and for other users of the same messages (access log filters, authorisation). Pure, build thread.
// Errors are added with their field path below `path`; what is returned then must not be used.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "dataplane/config/error_list.h"
#include "dataplane/route/predicates.h"
#include "dataplane/route/route.h"
#include "envoy/config/core/v3/base.pb.h"
#include "envoy/config/route/v3/route_components.pb.h"
#include "envoy/type/matcher/v3/regex.pb.h"
#include "envoy/type/matcher/v3/string.pb.h"

namespace sluice::config {

// Null exactly when an error was added. google_re2.max_program_size lowers or raises the limit of
// route/regex.h for this pattern.
std::shared_ptr<const route::Regex> CompileRegex(
    const envoy::type::matcher::v3::RegexMatcher& matcher, const std::string& path,
    ErrorList& errors);

route::StringMatcher CompileString(const envoy::type::matcher::v3::StringMatcher& matcher,
                                   const std::string& path, ErrorList& errors);

route::HeaderPredicate CompileHeader(const envoy::config::route::v3::HeaderMatcher& matcher,
                                     const std::string& path, ErrorList& errors);

route::QueryPredicate CompileQuery(const envoy::config::route::v3::QueryParameterMatcher& matcher,
                                   const std::string& path, ErrorList& errors);

// The runtime key is a name for an override; there is no runtime layer, so the default holds.
route::Fraction CompileFraction(const envoy::config::core::v3::RuntimeFractionalPercent& fraction,
                                const std::string& path, ErrorList& errors);

// The new text of a rewrite: no '?', '#' or byte that a request target cannot hold, and only groups
// that the pattern has.
route::RegexRewrite CompileRegexRewrite(
    const envoy::type::matcher::v3::RegexMatchAndSubstitute& rewrite, const std::string& path,
    ErrorList& errors);

// ASCII letters only.
std::string LowerCase(std::string_view text);
// Adds an error unless `name` is a field name (RFC 9110 5.1).
void CheckFieldName(std::string_view name, const std::string& path, ErrorList& errors);

}  // namespace sluice::config
