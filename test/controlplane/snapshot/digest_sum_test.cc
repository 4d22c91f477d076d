#include "controlplane/snapshot/digest_sum.h"

#include <gtest/gtest.h>

#include "controlplane/crypto/digest.h"

namespace sluice::snapshot {
namespace {

TEST(DigestSumTest, OfNothingIsZeroAndOfOneMemberItsHash) {
  DigestSum sum;
  EXPECT_EQ(sum.bytes(), std::string(32, '\0'));
  sum.Add("a", "1");
  const auto hash = crypto::Sha256Of(std::string("a\0001", 3));
  EXPECT_EQ(sum.bytes(), std::string(hash.begin(), hash.end()));
}

TEST(DigestSumTest, OrderDoesNotMatterAndWhatIsTakenOutWasNeverThere) {
  DigestSum one, other;
  for (int i = 0; i < 300; ++i) one.Add("n" + std::to_string(i), "v");
  for (int i = 300; i-- > 0;) other.Add("n" + std::to_string(i), "v");
  EXPECT_EQ(one, other);
  one.Add("x", "1");
  EXPECT_FALSE(one == other);
  one.Remove("x", "1");
  EXPECT_EQ(one, other);
  for (int i = 0; i < 300; ++i) one.Remove("n" + std::to_string(i), "v");
  EXPECT_EQ(one, DigestSum());
}

TEST(DigestSumTest, NameAndVersionDoNotRunTogether) {
  DigestSum one, other;
  one.Add("ab", "c");
  other.Add("a", "bc");
  EXPECT_FALSE(one == other);
}

}  // namespace
}  // namespace sluice::snapshot
