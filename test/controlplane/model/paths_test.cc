#include "controlplane/model/paths.h"

#include <gtest/gtest.h>

namespace sluice::model {
namespace {

TEST(PathsTest, CoversByWholeSegments) {
  EXPECT_TRUE(PathCovers("", "/a"));
  EXPECT_TRUE(PathCovers("/a", "/a"));
  EXPECT_TRUE(PathCovers("/a", "/a/b"));
  EXPECT_FALSE(PathCovers("/a", "/ab"));
  EXPECT_FALSE(PathCovers("/a/b", "/a"));
}

TEST(PathsTest, RefusesWhatNoNormalisedRequestHas) {
  for (const char* path : {"/", "/a", "/a/", "/a%20b/c", "/.well-known/x", "/a:b@c!$&'()+,;=~"}) {
    EXPECT_EQ(PathError(path), "") << path;
  }
  for (const char* path : {"", "a", "//a", "/a//b", "/a/../b", "/.", "/a?b", "/a#b", "/a b", "/a\\b",
                           "/\x7f", "/\xc3\xa4", "/{a}", "/*"}) {
    EXPECT_NE(PathError(path), "") << path;
  }
  EXPECT_NE(PathError("/" + std::string(kMaxPathBytes, 'a')), "");
}

TEST(PathsTest, BasePathsHaveOneForm) {
  for (const char* path : {"", "/", "/a", "/a/b"}) EXPECT_EQ(BasePathError(path), "") << path;
  for (const char* path : {"a", "/a/", "/{x}"}) EXPECT_NE(BasePathError(path), "") << path;
  EXPECT_EQ(NormalBasePath("/"), "");
}

TEST(PathsTest, TemplatesAreCutAtTheirSlashes) {
  using Segment = PathTemplate::Segment;
  const PathTemplate parsed = ParseTemplate("/orders/{id}/{rest=**}");
  EXPECT_EQ(parsed.error, "");
  const std::vector<Segment> expected = {{Segment::Kind::kLiteral, "orders"},
                                         {Segment::Kind::kOne, "id"},
                                         {Segment::Kind::kRest, "rest"}};
  EXPECT_EQ(parsed.segments, expected);
}

TEST(PathsTest, BadTemplatesSayWhy) {
  for (const char* text : {"", "orders", "/{}", "/{1a}", "/a{x}", "/{x}b", "/{x=*}", "/{x=**}/a",
                           "/{x}/{x}", "/*", "/a//b"}) {
    const PathTemplate parsed = ParseTemplate(text);
    EXPECT_NE(parsed.error, "") << text;
    EXPECT_TRUE(parsed.segments.empty()) << text;
  }
}

TEST(PathsTest, TheVersionStandsWhereTheTemplateSays) {
  EXPECT_EQ(VersionPath("/{version}", "v2"), "/v2");
  EXPECT_EQ(VersionPath("/api/{version}", "v2"), "/api/v2");
  EXPECT_EQ(VersionTemplateError("/api/{version}"), "");
  for (const char* text : {"/", "/v", "/{other}", "/{version=**}", "/{version}/{x}", "/{version}/"}) {
    EXPECT_NE(VersionTemplateError(text), "") << text;
  }
}

}  // namespace
}  // namespace sluice::model
