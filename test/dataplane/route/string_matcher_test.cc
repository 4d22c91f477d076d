#include "dataplane/route/string_matcher.h"

#include <gtest/gtest.h>

#include "test/dataplane/route/rules.h"

namespace sluice::route {
namespace {

using Kind = StringMatcher::Kind;

TEST(StringMatcher, EveryKind) {
  EXPECT_TRUE(Text(Kind::kExact, "ab").Matches("ab"));
  EXPECT_FALSE(Text(Kind::kExact, "ab").Matches("abc"));
  EXPECT_TRUE(Text(Kind::kPrefix, "ab").Matches("abc"));
  EXPECT_FALSE(Text(Kind::kPrefix, "ab").Matches("a"));
  EXPECT_TRUE(Text(Kind::kSuffix, "bc").Matches("abc"));
  EXPECT_FALSE(Text(Kind::kSuffix, "bc").Matches("c"));
  EXPECT_TRUE(Text(Kind::kContains, "b").Matches("abc"));
  EXPECT_FALSE(Text(Kind::kContains, "x").Matches("abc"));
  EXPECT_TRUE(Text(Kind::kRegex, "a.c").Matches("abc"));
}

TEST(StringMatcher, CaseIsIgnoredOnlyWhenAsked) {
  for (Kind kind : {Kind::kExact, Kind::kPrefix, Kind::kSuffix, Kind::kContains}) {
    StringMatcher matcher = Text(kind, "abc");
    EXPECT_FALSE(matcher.Matches("aBC"));
    matcher.ignore_case = true;
    EXPECT_TRUE(matcher.Matches("aBC"));
    EXPECT_FALSE(matcher.Matches("aB"));
  }
}

}  // namespace
}  // namespace sluice::route
