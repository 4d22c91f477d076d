#include "dataplane/base/ascii.h"

#include <gtest/gtest.h>

#include <string>

namespace sluice::base {
namespace {

TEST(AsciiTest, FoldsEveryByteLikeTheScalarRuleAtEveryPositionOfAWord) {
  for (int byte = 0; byte < 256; ++byte) {
    for (int position = 0; position < 8; ++position) {
      // Neighbours of 0xff and 'Z' would show a carry between bytes.
      for (const unsigned char neighbour : {0x00, 0x41, 0x5a, 0x7f, 0xff}) {
        uint64_t word = 0, expected = 0;
        for (int i = 0; i < 8; ++i) {
          const auto c = static_cast<char>(i == position ? byte : neighbour);
          word |= uint64_t{static_cast<unsigned char>(c)} << (8 * i);
          expected |= uint64_t{static_cast<unsigned char>(AsciiLower(c))} << (8 * i);
        }
        ASSERT_EQ(AsciiLower8(word), expected) << "byte " << byte << " at " << position;
      }
    }
  }
}

TEST(AsciiTest, EqualsIgnoringCaseAtEveryLength) {
  const std::string lower = "abcdefghijklmnopqrstuvwxyz0123456789-_";
  const std::string upper = "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_";
  for (size_t n = 0; n <= lower.size(); ++n) {
    EXPECT_TRUE(EqualsIgnoreCase(lower.substr(0, n), upper.substr(0, n))) << n;
    for (size_t i = 0; i < n; ++i) {
      std::string changed = upper.substr(0, n);
      changed[i] = '*';
      EXPECT_FALSE(EqualsIgnoreCase(lower.substr(0, n), changed)) << n << " at " << i;
    }
  }
}

TEST(AsciiTest, OnlyLettersDifferByTheCaseBit) {
  // '@' and '`', '[' and '{' differ by the same bit as 'A' and 'a' do.
  EXPECT_FALSE(EqualsIgnoreCase("@", "`"));
  EXPECT_FALSE(EqualsIgnoreCase("@@@@@@@@", "````````"));
  EXPECT_FALSE(EqualsIgnoreCase("[[[[[[[[", "{{{{{{{{"));
  EXPECT_FALSE(EqualsIgnoreCase("\xc4\xc4\xc4\xc4\xc4\xc4\xc4\xc4",
                                "\xe4\xe4\xe4\xe4\xe4\xe4\xe4\xe4"));
  EXPECT_FALSE(EqualsIgnoreCase("a", "ab"));
}

}  // namespace
}  // namespace sluice::base
