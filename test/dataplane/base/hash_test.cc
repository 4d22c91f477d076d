#include "dataplane/base/hash.h"

#include <gtest/gtest.h>

#include <string>

namespace sluice::base {
namespace {

// Values of the reference implementation.
TEST(HashTest, XxHashAgreesWithItsSpecification) {
  EXPECT_EQ(XxHash64(""), 0xEF46DB3751D8E999u);
  EXPECT_EQ(XxHash64("a"), 0xD24EC4F1A98C6E5Bu);
  EXPECT_EQ(XxHash64("abc"), 0x44BC2CF5AD770999u);
  EXPECT_EQ(XxHash64("Nobody inspects the spammish repetition"), 0xFBCEA83C8A378BF1u);
}

// libstdc++ hashes strings with MurmurHash64A of the same seed.
TEST(HashTest, MurmurHashAgreesWithLibstdcxxAtEveryLength) {
  std::string text;
  for (int i = 0; i < 70; ++i) {
    EXPECT_EQ(MurmurHash64(text), std::hash<std::string>()(text)) << text.size();
    text += static_cast<char>(i * 37 + 200);
  }
}

TEST(HashTest, SeedsChangeTheHash) {
  EXPECT_NE(XxHash64("abc", 1), XxHash64("abc"));
  EXPECT_NE(MurmurHash64("abc", 1), MurmurHash64("abc"));
}

}  // namespace
}  // namespace sluice::base
