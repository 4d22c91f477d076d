#include "dataplane/route/path_rewrite.h"

#include <gtest/gtest.h>

#include "test/dataplane/route/rules.h"

namespace sluice::route {
namespace {

class PathRewriteTest : public testing::Test {
 protected:
  std::string_view Prefixed(const Route& route, std::string prefix, std::string_view path) {
    return ApplyPathRewrite({std::move(prefix), {}}, route.path, path, arena_);
  }
  std::string_view Replaced(std::string_view pattern, std::string substitution,
                            std::string_view path) {
    return ApplyPathRewrite({"", RegexRewrite{MakeRegex(pattern), std::move(substitution)}},
                            Prefix("", "/").path, path, arena_);
  }

  buffer::BlockPool pool_;
  buffer::Arena arena_{pool_};
};

TEST_F(PathRewriteTest, APrefixReplacesWhatTheRuleMatched) {
  EXPECT_EQ(Prefixed(Prefix("", "/api"), "/v2", "/api/x"), "/v2/x");
  EXPECT_EQ(Prefixed(Prefix("", "/api/"), "/", "/api/x"), "/x");
  EXPECT_EQ(Prefixed(Separated("", "/api"), "/v2", "/api"), "/v2");
  EXPECT_EQ(Prefixed(Exact("", "/api"), "/other", "/api"), "/other");
  EXPECT_EQ(Prefixed(Matching("", "/a.*"), "/whole", "/abc/d"), "/whole");
}

// Case 76: as many bytes go as matched, in whatever case they came.
TEST_F(PathRewriteTest, MatchedBytesAreCut) {
  Route route = Prefix("", "/api");
  route.path.case_sensitive = false;
  EXPECT_EQ(Prefixed(route, "/v2", "/API/x"), "/v2/x");
}

TEST_F(PathRewriteTest, RegexesReplaceEveryMatch) {
  EXPECT_EQ(Replaced("/v[0-9]+", "/v9", "/v1/a/v22"), "/v9/a/v9");
  EXPECT_EQ(Replaced("^/service/([^/]+)(/.*)$", "\\2/instance/\\1", "/service/foo/v1/api"),
            "/v1/api/instance/foo");
  EXPECT_EQ(Replaced("zzz", "x", "/a"), "/a");
}

TEST_F(PathRewriteTest, ThereIsAlwaysASlashInFront) {
  EXPECT_EQ(Prefixed(Prefix("", "/a/"), "b", "/a/c"), "/bc");
  EXPECT_EQ(Replaced("^/a", "", "/a"), "/");
  EXPECT_EQ(Replaced("^/", "", "/x"), "/x");
}

TEST_F(PathRewriteTest, NoRewriteGivesThePathItself) {
  const std::string_view path = "/a";
  EXPECT_EQ(ApplyPathRewrite({}, Prefix("", "/").path, path, arena_).data(), path.data());
}

}  // namespace
}  // namespace sluice::route
