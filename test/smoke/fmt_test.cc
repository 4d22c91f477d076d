#include <fmt/format.h>
#include <gtest/gtest.h>

#include <iterator>
#include <string>
#include <string_view>

namespace {

TEST(FmtTest, FormatsStdStringViews) {
  EXPECT_EQ(fmt::format("secret '{}': {:>4}", std::string_view("web"), 7), "secret 'web':    7");
}

TEST(FmtTest, FormatsNumbersWithAFraction) {
  EXPECT_EQ(fmt::format("{} {:.2f} {}", 0.1, 2.0 / 3, 1.5f), "0.1 0.67 1.5");
}

TEST(FmtTest, AppendsToAString) {
  std::string line = "GET ";
  fmt::format_to(std::back_inserter(line), "{:x}", 255);
  EXPECT_EQ(line, "GET ff");
}

}  // namespace
