#include "dataplane/config/compile_matchers.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "test/dataplane/config/route_text.h"
#include "test/dataplane/route/request.h"

namespace sluice::config {
namespace {

using envoy::config::route::v3::HeaderMatcher;
using envoy::config::route::v3::QueryParameterMatcher;
using envoy::type::matcher::v3::RegexMatchAndSubstitute;
using envoy::type::matcher::v3::StringMatcher;
using testing::ElementsAre;

bool HeaderHolds(const std::string& text, const std::string& value) {
  ErrorList errors;
  const route::HeaderPredicate predicate =
      CompileHeader(FromText<HeaderMatcher>("name: 'X-A' " + text), "", errors);
  EXPECT_THAT(Lines(errors), ElementsAre()) << text;
  route::Request request;
  if (value != "absent") request.With("x-a", value);
  return predicate.Matches(request.head);
}

TEST(CompileMatchers, HeadersTakeEveryForm) {
  struct Case {
    const char* text;
    const char* value;
    bool holds;
  };
  const Case kCases[] = {
      {"", "any", true},
      {"", "absent", false},
      {"exact_match: 'a'", "a", true},
      {"exact_match: 'a'", "A", false},
      {"exact_match: ''", "any", true},
      {"prefix_match: 'ab'", "abc", true},
      {"suffix_match: 'bc'", "abc", true},
      {"contains_match: 'b'", "abc", true},
      {"safe_regex_match { regex: 'a.c' }", "abc", true},
      {"safe_regex_match { regex: 'a.c' }", "abcd", false},
      {"range_match { start: -1 end: 5 }", "4", true},
      {"range_match { start: -1 end: 5 }", "5", false},
      {"present_match: false", "absent", true},
      {"string_match { exact: '' }", "", true},
      {"string_match { exact: '' }", "x", false},
      {"string_match { suffix: 'BC' ignore_case: true }", "abc", true},
      {"exact_match: 'a' invert_match: true", "b", true},
      {"exact_match: 'a' invert_match: true", "absent", false},
      {"exact_match: 'a' invert_match: true treat_missing_header_as_empty: true", "absent", true},
  };
  for (const Case& c : kCases)
    EXPECT_EQ(HeaderHolds(c.text, c.value), c.holds) << c.text << " on " << c.value;
}

TEST(CompileMatchers, QueriesTakeEveryForm) {
  ErrorList errors;
  auto compile = [&](const char* text) {
    return CompileQuery(FromText<QueryParameterMatcher>(text), "", errors);
  };
  EXPECT_TRUE(compile("name: 'a'").Matches("b=1&a"));
  EXPECT_FALSE(compile("name: 'a' present_match: false").Matches("b=1&a"));
  EXPECT_TRUE(compile("name: 'a' string_match { exact: '2' }").Matches("a=2&a=3"));
  EXPECT_TRUE(errors.empty());
}

TEST(CompileMatchers, ErrorsNameTheFieldBelowThePath) {
  ErrorList errors;
  CompileHeader(FromText<HeaderMatcher>("name: 'a b' string_match { safe_regex { regex: '*' } }"),
                "h", errors);
  CompileString(FromText<StringMatcher>("ignore_case: true safe_regex { regex: 'a' }"), "s",
                errors);
  CompileString(FromText<StringMatcher>("prefix: ''"), "p", errors);
  CompileString(FromText<StringMatcher>(""), "n", errors);
  CompileQuery(FromText<QueryParameterMatcher>(""), "q", errors);
  EXPECT_THAT(
      Lines(errors),
      ElementsAre(
          "h.name: 'a b' is not a field name (RFC 9110 5.1)",
          "h.string_match.safe_regex.regex: bad regex '*': no argument for repetition operator: *",
          "s.ignore_case: has no effect on safe_regex: write (?i)", "p.prefix: must not be empty",
          "n: one of exact, prefix, suffix, contains, safe_regex is required",
          "q.name: must not be empty"));
}

TEST(CompileMatchers, RegexProgramsAreBounded) {
  ErrorList errors;
  using envoy::type::matcher::v3::RegexMatcher;
  EXPECT_EQ(CompileRegex(FromText<RegexMatcher>("regex: '(a{1,30}){1,30}'"), "r", errors), nullptr);
  EXPECT_EQ(CompileRegex(FromText<RegexMatcher>(
                             "regex: 'abcdef' google_re2 { max_program_size { value: 3 } }"),
                         "m", errors),
            nullptr);
  ASSERT_EQ(errors.size(), 2u);
  EXPECT_THAT(Lines(errors)[0], testing::HasSubstr("over the limit of 1000"));
  EXPECT_THAT(Lines(errors)[1], testing::HasSubstr("over the limit of 3"));
}

TEST(CompileMatchers, RewritesMayOnlyMakePathsAndNameGroupsThatExist) {
  ErrorList errors;
  auto compile = [&](const std::string& substitution) {
    return CompileRegexRewrite(
        FromText<RegexMatchAndSubstitute>("pattern { regex: '/(a)' } substitution: '" +
                                          substitution + "'"),
        "r", errors);
  };
  EXPECT_EQ(compile("/\\\\1x").regex->ReplaceAll("/a/b", "/\\1x"), "/ax/b");
  EXPECT_TRUE(errors.empty());
  compile("/\\\\2");
  compile("/x?y");
  compile("/x y");
  EXPECT_THAT(Lines(errors), ElementsAre(testing::StartsWith("r.substitution: "),
                                         "r.substitution: '/x?y' must not hold byte 0x3f",
                                         "r.substitution: '/x y' must not hold byte 0x20"));
}

}  // namespace
}  // namespace sluice::config
