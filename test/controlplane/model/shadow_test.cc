#include "controlplane/model/shadow.h"

#include <google/protobuf/text_format.h>
#include <gtest/gtest.h>

namespace sluice::model {
namespace {

sluice::v1::Route Route(const std::string& text) {
  sluice::v1::Route route;
  EXPECT_TRUE(google::protobuf::TextFormat::ParseFromString(text, &route)) << text;
  return route;
}

bool Covers(const std::string& earlier, const std::string& later) {
  return PredicatesCover(Route("match { " + earlier + " }").match(),
                         Route("match { " + later + " }").match());
}

TEST(ShadowTest, FewerMethodsAreCoveredByMore) {
  EXPECT_TRUE(Covers("", "methods: 'GET'"));
  EXPECT_TRUE(Covers("methods: 'GET' methods: 'POST'", "methods: 'HEAD'"));
  EXPECT_FALSE(Covers("methods: 'GET'", ""));
  EXPECT_FALSE(Covers("methods: 'HEAD'", "methods: 'GET'"));
}

TEST(ShadowTest, ANarrowConditionIsCoveredByAWideOne) {
  const std::string exact = "headers { name: 'A' exact: 'xy' }";
  EXPECT_TRUE(Covers("headers { name: 'a' present: true }", exact));
  EXPECT_TRUE(Covers("headers { name: 'a' prefix: 'x' }", exact));
  EXPECT_TRUE(Covers(exact, exact));
  EXPECT_TRUE(Covers("headers { name: 'a' regex: 'x+' }", "headers { name: 'a' regex: 'x+' }"));
  EXPECT_FALSE(Covers("headers { name: 'a' prefix: 'y' }", exact));
  EXPECT_FALSE(Covers("headers { name: 'a' present: false }", exact));
  EXPECT_FALSE(Covers("headers { name: 'a' regex: 'xy' }", exact));
  EXPECT_FALSE(Covers("headers { name: 'b' present: true }", exact));
  EXPECT_FALSE(Covers("queries { name: 'A' present: true }", exact));
  EXPECT_FALSE(Covers("queries { name: 'a' present: true }", "queries { name: 'A' exact: 'x' }"));
}

TEST(ShadowTest, NoVersionsAreAllVersions) {
  const auto all = Route(""), one = Route("versions: 'v1'"), two = Route("versions: 'v1' versions: 'v2'"),
             other = Route("versions: 'v3'");
  EXPECT_TRUE(VersionsCover(all, two));
  EXPECT_TRUE(VersionsCover(two, one));
  EXPECT_FALSE(VersionsCover(one, two));
  EXPECT_FALSE(VersionsCover(two, all));
  EXPECT_TRUE(VersionsOverlap(one, two));
  EXPECT_TRUE(VersionsOverlap(all, other));
  EXPECT_FALSE(VersionsOverlap(two, other));
}

}  // namespace
}  // namespace sluice::model
