#include "dataplane/route/regex.h"

#include <gtest/gtest.h>

#include <chrono>
#include <string>

namespace sluice::route {
namespace {

Regex Make(std::string_view pattern) { return *Regex::Compile(pattern); }

TEST(Regex, MatchesTheWholeSubjectOnly) {
  EXPECT_TRUE(Make("a.c").FullMatch("abc"));
  EXPECT_FALSE(Make("a.c").FullMatch("abcd"));
  EXPECT_FALSE(Make("a.c").FullMatch("xabc"));
  EXPECT_FALSE(Make("a|ab").FullMatch("abc"));
}

TEST(Regex, SaysWhatIsWrongWithAPattern) {
  const auto broken = Regex::Compile("a(");
  ASSERT_FALSE(broken.ok());
  EXPECT_NE(broken.status().message().find("bad regex 'a('"), absl::string_view::npos);
  EXPECT_FALSE(Regex::Compile("(?=a)").ok()) << "look-ahead is not linear";
}

TEST(Regex, RefusesProgramsOverTheLimit) {
  const auto large = Regex::Compile("(a{1,30}){1,30}");
  ASSERT_FALSE(large.ok());
  EXPECT_NE(large.status().message().find("over the limit of 1000"), absl::string_view::npos);
  EXPECT_TRUE(Regex::Compile("(a{1,30}){1,30}", 100'000).ok());
  EXPECT_FALSE(Regex::Compile("abcdefgh", 3).ok());
}

// Case 79 of the negative cases: a stray byte must not turn a match into "no match", which an
// inverted condition would read as a yes.
TEST(Regex, BytesThatAreNotUtf8CountAsCharacters) {
  const Regex admin = Make(".*admin.*");
  EXPECT_TRUE(
      admin.FullMatch("\xff"
                      "admin"));
  EXPECT_TRUE(admin.FullMatch("admin\xc3"));
  EXPECT_TRUE(
      admin.FullMatch("\xed\xa0\x80"
                      "admin"))
      << "a surrogate is not UTF-8";
  EXPECT_TRUE(
      admin.FullMatch("\xc0\x80"
                      "admin"))
      << "an overlong form is not UTF-8";
}

TEST(Regex, ValidUtf8CountsByCharacters) {
  EXPECT_TRUE(Make(".{3}").FullMatch("a\xc3\xa9z"));
  EXPECT_FALSE(Make(".{4}").FullMatch("a\xc3\xa9z"));
  EXPECT_TRUE(Make("[\xc3\xa9]").FullMatch("\xc3\xa9"));
  EXPECT_TRUE(Make(".").FullMatch("\xf0\x9f\x98\x80"));
}

// The classic exponential pattern; 60 KiB would take longer than the universe has to give.
TEST(Regex, HostilePatternsStayLinear) {
  const Regex hostile = Make("(a+)+$b?");
  const std::string subject = std::string(60 * 1024, 'a') + "!";
  const auto start = std::chrono::steady_clock::now();
  EXPECT_FALSE(hostile.FullMatch(subject));
  EXPECT_LT(std::chrono::steady_clock::now() - start, std::chrono::seconds(2));
}

TEST(Regex, ReplacesEveryMatch) {
  EXPECT_EQ(Make("/(v[0-9])").ReplaceAll("/v1/a/v2", "/x\\1"), "/xv1/a/xv2");
  EXPECT_EQ(Make("^/api").ReplaceAll("/api/api", ""), "/api");
}

TEST(Regex, ChecksTheGroupsOfASubstitution) {
  std::string why;
  EXPECT_TRUE(Make("(a)(b)").AcceptsSubstitution("\\2\\1", &why));
  EXPECT_FALSE(Make("(a)").AcceptsSubstitution("\\2", &why));
  EXPECT_FALSE(why.empty());
}

}  // namespace
}  // namespace sluice::route
