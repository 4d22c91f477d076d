#include "dataplane/route/route.h"

#include <gtest/gtest.h>

#include "test/dataplane/route/rules.h"

namespace sluice::route {
namespace {

TEST(PathRule, EveryKindAlone) {
  EXPECT_TRUE(Prefix("", "/a").path.Matches("/ab"));
  EXPECT_FALSE(Prefix("", "/ab").path.Matches("/a"));
  EXPECT_TRUE(Exact("", "/a").path.Matches("/a"));
  EXPECT_FALSE(Exact("", "/a").path.Matches("/ab"));
  EXPECT_TRUE(Separated("", "/a").path.Matches("/a/b"));
  EXPECT_FALSE(Separated("", "/a").path.Matches("/ab"));
  EXPECT_TRUE(Matching("", "/a+").path.Matches("/aa"));
  EXPECT_FALSE(Matching("", "/a+").path.Matches("/aab"));
  PathRule folded = Prefix("", "/a").path;
  folded.case_sensitive = false;
  EXPECT_TRUE(folded.Matches("/AB"));
  EXPECT_FALSE(folded.Matches("/"));
}

TEST(Route, SaysWhichActionItHas) {
  Route route = Prefix("", "/");
  EXPECT_NE(route.direct_response(), nullptr);
  EXPECT_EQ(route.forward(), nullptr);
  route.action = Forward{};
  EXPECT_NE(route.forward(), nullptr);
  EXPECT_EQ(route.redirect(), nullptr);
}

}  // namespace
}  // namespace sluice::route
