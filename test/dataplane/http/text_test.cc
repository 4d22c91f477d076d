#include "dataplane/http/text.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace sluice::http {
namespace {

TEST(TextTest, TokenCharactersAreThoseOfRfc9110) {
  const std::string_view expected =
      "!#$%&'*+-.0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ^_`abcdefghijklmnopqrstuvwxyz|~";
  for (int byte = 0; byte < 256; ++byte) {
    const char c = static_cast<char>(byte);
    EXPECT_EQ(IsTokenChar(c), expected.find(c) != std::string_view::npos) << byte;
  }
  EXPECT_TRUE(IsToken("x-a"));
  EXPECT_FALSE(IsToken(""));
  EXPECT_FALSE(IsToken("a b"));
}

TEST(TextTest, HexDigitsHaveValues) {
  const std::string_view digits = "0123456789abcdef";
  for (int byte = 0; byte < 256; ++byte) {
    const char c = static_cast<char>(byte);
    const size_t lower = digits.find(c >= 'A' && c <= 'F' ? static_cast<char>(c + 32) : c);
    EXPECT_EQ(HexValue(c), lower == std::string_view::npos ? -1 : static_cast<int>(lower)) << byte;
  }
}

TEST(TextTest, OnlySpaceAndTabAreTrimmed) {
  EXPECT_EQ(TrimOws(" \ta b\t "), "a b");
  EXPECT_EQ(TrimOws(" \t "), "");
  EXPECT_EQ(TrimOws("\x0b"
                    "a\r"),
            "\x0b"
            "a\r");
}

TEST(TextTest, ListsAreTakenApartMemberByMember) {
  std::vector<std::string> members;
  for (std::string_view list = "a, b ,,\tc,"; !list.empty();) {
    members.emplace_back(NextMember(list));
  }
  EXPECT_EQ(members, (std::vector<std::string>{"a", "b", "", "c"}));
}

}  // namespace
}  // namespace sluice::http
