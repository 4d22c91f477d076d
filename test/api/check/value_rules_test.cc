#include "api/check/value_rules.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

namespace sluice::api {
namespace {

ValueRule Rule(RuleKind kind, int64_t number = 0) { return {kind, number, {}, nullptr}; }

std::string OfText(const ValueRule& rule, std::string_view text) {
  return BreaksRule(rule, text, false);
}

TEST(ValueRules, LengthCountsCharactersAndBytesApart) {
  const std::string two_characters = "\xc3\xa9\xe2\x82\xac";  // five bytes
  EXPECT_EQ(OfText(Rule(RuleKind::kMinLen, 2), two_characters), "");
  EXPECT_EQ(OfText(Rule(RuleKind::kMinLen, 3), two_characters),
            "must be at least 3 characters long");
  EXPECT_EQ(OfText(Rule(RuleKind::kMaxLen, 2), two_characters), "");
  EXPECT_EQ(OfText(Rule(RuleKind::kMaxLen, 1), two_characters),
            "must be at most 1 characters long");
  EXPECT_EQ(OfText(Rule(RuleKind::kMaxBytes, 5), two_characters), "");
  EXPECT_EQ(OfText(Rule(RuleKind::kMaxBytes, 4), two_characters), "must be at most 4 bytes long");
  EXPECT_EQ(BreaksRule(Rule(RuleKind::kMinLen, 6), two_characters, true),
            "must be at least 6 bytes long");
  EXPECT_EQ(OfText(Rule(RuleKind::kMinLen, 1), ""), "must not be empty");
}

TEST(ValueRules, HeaderTextRefusesOnlyWhatSplitsAHeader) {
  const ValueRule rule = Rule(RuleKind::kHeaderText);
  EXPECT_EQ(OfText(rule, "any \x01 thing \x7f"), "");
  for (std::string_view bad :
       {std::string_view("a\0b", 3), std::string_view("a\rb"), std::string_view("a\nb")}) {
    EXPECT_EQ(OfText(rule, bad), "must not contain NUL, CR or LF");
  }
}

TEST(ValueRules, HeaderNamesAreTokensPerhapsAfterAColon) {
  const ValueRule rule = Rule(RuleKind::kHeaderName);
  for (const char* good : {"x-a", ":path", "X_1", "!#$%&'*+-.^_`|~"})
    EXPECT_EQ(OfText(rule, good), "");
  for (std::string_view bad : {std::string_view(""), std::string_view(":"), std::string_view("a b"),
                               std::string_view("a:b"), std::string_view("a,b"),
                               std::string_view("a\0", 2), std::string_view("\xc3\xa9")}) {
    EXPECT_EQ(OfText(rule, bad), "is no valid header name") << bad;
  }
}

TEST(ValueRules, HeaderValuesHaveNoControlCharactersButTab) {
  const ValueRule rule = Rule(RuleKind::kHeaderValue);
  EXPECT_EQ(OfText(rule, "a\tb \xc3\xa9"), "");
  EXPECT_EQ(OfText(rule, ""), "");
  for (const char* bad : {"a\x01", "a\x7f", "a\n", "\x1f"}) {
    EXPECT_EQ(OfText(rule, bad), "is no valid header value");
  }
}

TEST(ValueRules, NumbersKeepBoundsAtTheEdges) {
  EXPECT_EQ(BreaksRule(Rule(RuleKind::kGte, 1), uint64_t{1}), "");
  EXPECT_EQ(BreaksRule(Rule(RuleKind::kGte, 1), uint64_t{0}), "must be at least 1, is 0");
  EXPECT_EQ(BreaksRule(Rule(RuleKind::kGt, 0), int64_t{-1}), "must be greater than 0, is -1");
  EXPECT_EQ(BreaksRule(Rule(RuleKind::kLt, 600), uint64_t{600}), "must be less than 600, is 600");
  EXPECT_EQ(BreaksRule(Rule(RuleKind::kLte, 100), std::numeric_limits<uint64_t>::max()),
            "must be at most 100, is 18446744073709551615");
  EXPECT_EQ(BreaksRule(Rule(RuleKind::kNotIn, 6), int64_t{6}), "must be other than 6, is 6");
  EXPECT_EQ(BreaksRule(Rule(RuleKind::kLte, 3), 3.5), "must be at most 3, is 3.5");
  EXPECT_NE(BreaksRule(Rule(RuleKind::kLte, 3), std::nan("")), "");
  EXPECT_EQ(BreaksRule(Rule(RuleKind::kConst, 1), false), "must be true");
  EXPECT_EQ(BreaksRule(Rule(RuleKind::kConst, 1), true), "");
}

google::protobuf::Duration Of(int64_t seconds, int32_t nanos) {
  google::protobuf::Duration duration;
  duration.set_seconds(seconds);
  duration.set_nanos(nanos);
  return duration;
}

TEST(ValueRules, DurationsCompareByTheNanosecondAndPastSixtyFourBits) {
  EXPECT_EQ(BreaksRule(Rule(RuleKind::kGt, 1'000'000), Of(0, 1'000'001)), "");
  EXPECT_EQ(BreaksRule(Rule(RuleKind::kGt, 1'000'000), Of(0, 1'000'000)),
            "must be greater than 0.001s, is 0.001s");
  EXPECT_EQ(BreaksRule(Rule(RuleKind::kLt, 300'000'000'000), Of(300, 0)),
            "must be less than 300s, is 300s");
  EXPECT_NE(BreaksRule(Rule(RuleKind::kLt, 9'000'000'000'000'000'000), Of(315'576'000'000, 0)), "");
}

TEST(ValueRules, DurationsAreNeitherNegativeNorOverTenThousandYears) {
  EXPECT_EQ(BreaksDuration(Of(0, 0)), "");
  EXPECT_EQ(BreaksDuration(Of(315'576'000'000, 0)), "");
  EXPECT_EQ(BreaksDuration(Of(-1, 0)), "must not be negative");
  EXPECT_EQ(BreaksDuration(Of(1, -1)), "must not be negative");
  EXPECT_EQ(BreaksDuration(Of(0, 1'000'000'000)), "has more than 999999999 nanoseconds");
  EXPECT_EQ(BreaksDuration(Of(315'576'000'000, 1)), "must be at most 315576000000s (10,000 years)");
  EXPECT_EQ(BreaksDuration(Of(std::numeric_limits<int64_t>::max(), 0)),
            "must be at most 315576000000s (10,000 years)");
  EXPECT_EQ(BreaksDuration(Of(std::numeric_limits<int64_t>::min(), 0)), "must not be negative");
}

}  // namespace
}  // namespace sluice::api
