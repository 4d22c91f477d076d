#include "controlplane/crypto/digest.h"

#include <gtest/gtest.h>

namespace sluice::crypto {
namespace {

TEST(DigestTest, IsThatOfTheStandard) {  // FIPS 180-4, examples
  EXPECT_EQ(Hex(Sha256Of("abc")),
            "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  EXPECT_EQ(Hex(Sha256Of("")), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
}

TEST(DigestTest, OfPiecesIsThatOfTheWhole) {
  EXPECT_EQ(Sha256().Add("a").Add("").Add("bc").Finish(), Sha256Of("abc"));
}

TEST(DigestTest, HexIsCutWhereAsked) {
  EXPECT_EQ(Hex(Sha256Of("abc"), 8), "ba7816bf");
  EXPECT_EQ(Hex(Sha256Of("abc"), 1000).size(), 64u);
}

}  // namespace
}  // namespace sluice::crypto
