#include "controlplane/compile/path_rewrite.h"

#include <google/protobuf/text_format.h>
#include <gtest/gtest.h>

namespace sluice::compile {
namespace {

std::string Rewrite(const std::string& text, const std::string& base = "/shop",
                    const std::string& version = "/v1") {
  sluice::v1::Route route;
  EXPECT_TRUE(google::protobuf::TextFormat::ParseFromString(text, &route)) << text;
  Section section;
  section.base = base;
  section.version_path = version;
  envoy::config::route::v3::RouteAction action;
  SetPathRewrite(route, section, action);
  if (!action.has_regex_rewrite()) return action.prefix_rewrite();
  return action.regex_rewrite().pattern().regex() + " -> " + action.regex_rewrite().substitution();
}

TEST(PathRewriteTest, StripTakesAwayWhatItNames) {
  EXPECT_EQ(Rewrite("match { prefix: '/a' } rewrite {}"), "");
  EXPECT_EQ(Rewrite("match { prefix: '/a' } rewrite { strip: BASE_PATH }"), "/v1/a");
  EXPECT_EQ(Rewrite("match { prefix: '/a' } rewrite { strip: BASE_PATH_AND_VERSION }"), "/a");
  EXPECT_EQ(Rewrite("match { exact: '/a' } rewrite { strip: BASE_PATH_AND_VERSION }"), "/a");
  EXPECT_EQ(Rewrite("match { template: '/a/{x}' } rewrite { strip: BASE_PATH }"), "^/shop/v1/ -> /v1/");
}

TEST(PathRewriteTest, NothingLeftIsARootWithOneSlash) {
  EXPECT_EQ(Rewrite("rewrite { strip: BASE_PATH_AND_VERSION }"), "^/shop/v1/? -> /");
  EXPECT_EQ(Rewrite("match { prefix: '/a' } rewrite { strip: BASE_PATH_AND_VERSION prefix: '/' }"),
            "^/shop/v1/a/? -> /");
  EXPECT_EQ(Rewrite("match { template: '/a/{x}' } rewrite { strip: BASE_PATH_AND_VERSION }"), "^/shop/v1/ -> /");
}

TEST(PathRewriteTest, APrefixStandsWhereSomethingWasTaken) {
  EXPECT_EQ(Rewrite("match { prefix: '/a' } rewrite { prefix: '/z' }"), "/shop/v1/z");
  EXPECT_EQ(Rewrite("match { prefix: '/a' } rewrite { strip: BASE_PATH prefix: '/z' }"), "/z/v1");
  EXPECT_EQ(Rewrite("match { exact: '/a' } rewrite { strip: BASE_PATH prefix: '/z' }"), "/z/v1/a");
  EXPECT_EQ(Rewrite("match { prefix: '/a' } rewrite { strip: BASE_PATH_AND_VERSION prefix: '/z' }"), "/z");
}

TEST(PathRewriteTest, AtTheRootTheMatchedSlashIsPutBack) {
  EXPECT_EQ(Rewrite("rewrite { prefix: '/z' }", "", ""), "/z/");
  EXPECT_EQ(Rewrite("rewrite { strip: BASE_PATH }", "", ""), "");
  EXPECT_EQ(Rewrite("match { template: '/{x}' } rewrite { strip: BASE_PATH prefix: '/z' }", "", ""), "^/ -> /z/");
}

TEST(PathRewriteTest, QuotedTextMatchesOnlyItself) {
  EXPECT_EQ(QuoteRegex("/a.b+(c)-_1"), "/a\\.b\\+\\(c\\)-_1");
}

}  // namespace
}  // namespace sluice::compile
