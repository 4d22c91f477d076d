#include "dataplane/config/compile_matchers.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "dataplane/base/ascii.h"
#include "dataplane/config/compile_paths.h"
#include "dataplane/config/implemented_fields.h"
#include "dataplane/http/text.h"

namespace sluice::config {
namespace {

using envoy::config::route::v3::HeaderMatcher;
using envoy::config::route::v3::QueryParameterMatcher;
using envoy::type::matcher::v3::RegexMatcher;
using PatternKind = route::StringMatcher::Kind;

constexpr size_t kMaxRegexBytes = 16 * 1024;

route::StringMatcher Literal(PatternKind kind, std::string_view text, bool ignore_case) {
  route::StringMatcher result;
  result.kind = kind;
  result.ignore_case = ignore_case;
  result.text = ignore_case ? LowerCase(text) : std::string(text);
  return result;
}

// An empty prefix, suffix or part would hold for every value: surely not what was meant.
route::StringMatcher NonEmpty(PatternKind kind, std::string_view text, bool ignore_case,
                              const std::string& path, ErrorList& errors) {
  if (text.empty()) errors.Add(path, "must not be empty");
  return Literal(kind, text, ignore_case);
}

// The value conditions that HeaderMatcher had before string_match.
route::StringMatcher CompileOldForm(const HeaderMatcher& matcher, const std::string& path,
                                    ErrorList& errors) {
  switch (matcher.header_match_specifier_case()) {
    case HeaderMatcher::kExactMatch:
      // An empty exact_match takes every value, as it always did in Envoy.
      return Literal(matcher.exact_match().empty() ? PatternKind::kPrefix : PatternKind::kExact,
                     matcher.exact_match(), false);
    case HeaderMatcher::kPrefixMatch:
      return NonEmpty(PatternKind::kPrefix, matcher.prefix_match(), false,
                      JoinPath(path, "prefix_match"), errors);
    case HeaderMatcher::kSuffixMatch:
      return NonEmpty(PatternKind::kSuffix, matcher.suffix_match(), false,
                      JoinPath(path, "suffix_match"), errors);
    case HeaderMatcher::kContainsMatch:
      return NonEmpty(PatternKind::kContains, matcher.contains_match(), false,
                      JoinPath(path, "contains_match"), errors);
    default: {
      route::StringMatcher result = Literal(PatternKind::kRegex, "", false);
      result.regex =
          CompileRegex(matcher.safe_regex_match(), JoinPath(path, "safe_regex_match"), errors);
      return result;
    }
  }
}

}  // namespace

std::string LowerCase(std::string_view text) {
  std::string lower(text);
  std::transform(lower.begin(), lower.end(), lower.begin(), base::AsciiLower);
  return lower;
}

void CheckFieldName(std::string_view name, const std::string& path, ErrorList& errors) {
  if (!http::IsToken(name))
    errors.Add(path, fmt::format("'{}' is not a field name (RFC 9110 5.1)", name));
}

std::shared_ptr<const route::Regex> CompileRegex(const RegexMatcher& matcher,
                                                 const std::string& path, ErrorList& errors) {
  const std::string where = JoinPath(path, "regex");
  if (matcher.regex().empty()) {
    errors.Add(where, "must not be empty");
    return nullptr;
  }
  if (matcher.regex().size() > kMaxRegexBytes) {
    errors.Add(where, fmt::format("is longer than {} bytes", kMaxRegexBytes));
    return nullptr;
  }
  uint32_t limit = route::kDefaultRegexProgramLimit;
  if (matcher.google_re2().has_max_program_size())
    limit = matcher.google_re2().max_program_size().value();
  absl::StatusOr<route::Regex> regex = route::Regex::Compile(matcher.regex(), limit);
  if (!regex.ok()) {
    errors.Add(where,
               std::string_view(regex.status().message().data(), regex.status().message().size()));
    return nullptr;
  }
  return std::make_shared<const route::Regex>(*std::move(regex));
}

route::StringMatcher CompileString(const envoy::type::matcher::v3::StringMatcher& matcher,
                                   const std::string& path, ErrorList& errors) {
  using Proto = envoy::type::matcher::v3::StringMatcher;
  const bool ignore_case = matcher.ignore_case();
  switch (matcher.match_pattern_case()) {
    case Proto::kExact:
      return Literal(PatternKind::kExact, matcher.exact(), ignore_case);
    case Proto::kPrefix:
      return NonEmpty(PatternKind::kPrefix, matcher.prefix(), ignore_case, JoinPath(path, "prefix"),
                      errors);
    case Proto::kSuffix:
      return NonEmpty(PatternKind::kSuffix, matcher.suffix(), ignore_case, JoinPath(path, "suffix"),
                      errors);
    case Proto::kContains:
      return NonEmpty(PatternKind::kContains, matcher.contains(), ignore_case,
                      JoinPath(path, "contains"), errors);
    case Proto::kSafeRegex: {
      route::StringMatcher result = Literal(PatternKind::kRegex, "", false);
      result.regex = CompileRegex(matcher.safe_regex(), JoinPath(path, "safe_regex"), errors);
      if (ignore_case)
        errors.Add(JoinPath(path, "ignore_case"), "has no effect on safe_regex: write (?i)");
      return result;
    }
    case Proto::MATCH_PATTERN_NOT_SET:
      break;
  }
  errors.Add(path, "one of exact, prefix, suffix, contains, safe_regex is required");
  return {};
}

route::HeaderPredicate CompileHeader(const HeaderMatcher& matcher, const std::string& path,
                                     ErrorList& errors) {
  route::HeaderPredicate result;
  std::string_view token = matcher.name();
  if (token.starts_with(':')) token.remove_prefix(1);
  CheckFieldName(token, JoinPath(path, "name"), errors);
  result.name = route::HeaderName::Of(matcher.name());
  result.invert = matcher.invert_match();
  result.missing_as_empty = matcher.treat_missing_header_as_empty();
  switch (matcher.header_match_specifier_case()) {
    case HeaderMatcher::HEADER_MATCH_SPECIFIER_NOT_SET:
      break;
    case HeaderMatcher::kPresentMatch:
      result.present = matcher.present_match();
      break;
    case HeaderMatcher::kRangeMatch:
      result.kind = route::HeaderPredicate::Kind::kRange;
      result.range_start = matcher.range_match().start();
      result.range_end = matcher.range_match().end();
      break;
    case HeaderMatcher::kStringMatch:
      result.kind = route::HeaderPredicate::Kind::kString;
      result.string = CompileString(matcher.string_match(), JoinPath(path, "string_match"), errors);
      break;
    default:
      result.kind = route::HeaderPredicate::Kind::kString;
      result.string = CompileOldForm(matcher, path, errors);
      break;
  }
  return result;
}

route::QueryPredicate CompileQuery(const QueryParameterMatcher& matcher, const std::string& path,
                                   ErrorList& errors) {
  route::QueryPredicate result;
  if (matcher.name().empty()) errors.Add(JoinPath(path, "name"), "must not be empty");
  result.name = matcher.name();
  if (matcher.has_string_match()) {
    result.value = CompileString(matcher.string_match(), JoinPath(path, "string_match"), errors);
  } else if (matcher.query_parameter_match_specifier_case() ==
             QueryParameterMatcher::kPresentMatch) {
    result.present = matcher.present_match();
  }
  return result;
}

route::Fraction CompileFraction(const envoy::config::core::v3::RuntimeFractionalPercent& fraction,
                                const std::string& path, ErrorList& errors) {
  using Percent = envoy::type::v3::FractionalPercent;
  const std::string where = JoinPath(path, "default_value");
  if (!fraction.has_default_value()) {
    errors.Add(where, "is required");
    return {};
  }
  route::Fraction result{fraction.default_value().numerator(), 100};
  switch (fraction.default_value().denominator()) {
    case Percent::HUNDRED:
      break;
    case Percent::TEN_THOUSAND:
      result.denominator = 10'000;
      break;
    case Percent::MILLION:
      result.denominator = 1'000'000;
      break;
    default:
      errors.Add(JoinPath(where, "denominator"), "is not a known value");
  }
  return result;
}

route::RegexRewrite CompileRegexRewrite(
    const envoy::type::matcher::v3::RegexMatchAndSubstitute& rewrite, const std::string& path,
    ErrorList& errors) {
  route::RegexRewrite result{nullptr, rewrite.substitution()};
  CheckPathText(rewrite.substitution(), PathText::kSubstitution, JoinPath(path, "substitution"),
                errors);
  result.regex = CompileRegex(rewrite.pattern(), JoinPath(path, "pattern"), errors);
  std::string why;
  if (result.regex != nullptr && !result.regex->AcceptsSubstitution(rewrite.substitution(), &why)) {
    errors.Add(JoinPath(path, "substitution"), why);
  }
  return result;
}

}  // namespace sluice::config
