#include "controlplane/model/object_key.h"

#include <gtest/gtest.h>

namespace sluice::model {
namespace {

TEST(ObjectKeyTest, TeamKindsHaveATeamAndPlatformKindsHaveNone) {
  EXPECT_EQ(NameError("Route", "shop/list"), "");
  EXPECT_NE(NameError("Route", "list"), "");
  EXPECT_NE(NameError("Route", "shop/list/x"), "");
  EXPECT_EQ(NameError("Gateway", "web"), "");
  EXPECT_NE(NameError("Gateway", "shop/web"), "");
}

TEST(ObjectKeyTest, SegmentsAreShortAndPlain) {
  EXPECT_TRUE(IsSegment("a-1"));
  EXPECT_TRUE(IsSegment(std::string(63, 'a')));
  for (const auto& bad : {std::string(), std::string(64, 'a'), std::string("A"), std::string("a_b"),
                          std::string("a.b")}) {
    EXPECT_FALSE(IsSegment(bad)) << bad;
  }
}

TEST(ObjectKeyTest, TeamIsThePartBeforeTheSlash) {
  EXPECT_EQ(TeamOf("shop/list"), "shop");
  EXPECT_EQ(TeamOf("web"), "");
}

TEST(ObjectKeyTest, OrderIsByKindThenName) {
  EXPECT_LT((ObjectKey{"Api", "z"}), (ObjectKey{"Route", "a"}));
  EXPECT_LT((ObjectKey{"Api", "a"}), (ObjectKey{"Api", "b"}));
  EXPECT_EQ(KeyOf(RefTo({"Api", "a/b"})), (ObjectKey{"Api", "a/b"}));
  EXPECT_EQ(Display({"Api", "a/b"}), "Api a/b");
}

}  // namespace
}  // namespace sluice::model
