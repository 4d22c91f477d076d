#include "controlplane/model/order.h"

#include <google/protobuf/text_format.h>
#include <gtest/gtest.h>

namespace sluice::model {
namespace {

RouteRank Rank(const std::string& match, const std::string& name = "a/r") {
  sluice::v1::Route route;
  EXPECT_TRUE(google::protobuf::TextFormat::ParseFromString(match, route.mutable_match())) << match;
  return RankOf(route, name);
}

TEST(OrderTest, EachIsTriedBeforeTheNext) {
  const char* const kInOrder[] = {
      "exact: '/orders/new'",
      "prefix: '/orders/ne'",
      "template: '/orders/{id}/lines'",
      "template: '/orders/{id}/{x}' methods: 'GET'",
      "template: '/orders/{id}/{x}'",
      "template: '/orders/{id}'",
      "template: '/orders/{id=**}'",
      "exact: '/orders' headers { name: 'a' present: true } methods: 'GET'",
      "exact: '/orders' methods: 'GET' methods: 'POST'",
      "exact: '/orders'",
      "prefix: '/orders' queries { name: 'a' present: true }",
      "prefix: '/orders'",
      "exact: '/'",
      "template: '/{a}'",
      "",
  };
  for (size_t i = 1; i < std::size(kInOrder); ++i) {
    EXPECT_LT(Rank(kInOrder[i - 1]), Rank(kInOrder[i])) << kInOrder[i - 1] << " | " << kInOrder[i];
  }
}

TEST(OrderTest, OtherwiseEqualRoutesGoByName) {
  EXPECT_LT(Rank("prefix: '/a'", "t/a"), Rank("prefix: '/a'", "t/b"));
  EXPECT_EQ(Rank("prefix: '/a'", "t/a"), Rank("prefix: '/a'", "t/a"));
}

TEST(OrderTest, LongerBasePathsAndExactHostsComeFirst) {
  EXPECT_TRUE(BasePathBefore("/a/b", "/z"));
  EXPECT_TRUE(BasePathBefore("/a", "/z"));
  EXPECT_FALSE(BasePathBefore("", "/a"));
  EXPECT_TRUE(HostBefore("z.test", "*.a.test"));
  EXPECT_TRUE(HostBefore("*.b.test", "*.test"));
  EXPECT_TRUE(HostBefore("*.test", "*"));
  EXPECT_TRUE(HostBefore("a.test", "b.test"));
  EXPECT_FALSE(HostBefore("*", "a.test"));
}

}  // namespace
}  // namespace sluice::model
