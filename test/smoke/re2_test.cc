#include <gtest/gtest.h>
#include <re2/re2.h>
#include <re2/set.h>

#include <string>
#include <vector>

namespace {

TEST(Re2Test, CapturesPartsOfAPath) {
  std::string id;
  EXPECT_TRUE(RE2::FullMatch("/orders/42", "/orders/([0-9]+)", &id));
  EXPECT_EQ(id, "42");
}

TEST(Re2Test, ASetNamesTheExpressionsThatMatch) {
  RE2::Set set(RE2::DefaultOptions, RE2::ANCHOR_BOTH);
  ASSERT_EQ(set.Add("/a.*", nullptr), 0);
  ASSERT_EQ(set.Add("/b.*", nullptr), 1);
  ASSERT_TRUE(set.Compile());
  std::vector<int> matched;
  EXPECT_TRUE(set.Match("/box", &matched));
  EXPECT_EQ(matched, std::vector<int>{1});
}

TEST(Re2Test, ABadExpressionIsReportedAndNotThrown) {
  RE2::Options options;
  options.set_log_errors(false);
  EXPECT_FALSE(RE2("(", options).ok());
}

}  // namespace
