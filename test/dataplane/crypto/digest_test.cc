#include "dataplane/crypto/digest.h"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <gtest/gtest.h>

#include <string>

namespace sluice::crypto {
namespace {

std::string Hex(const Digest& digest) { return fmt::format("{:02x}", fmt::join(digest, "")); }

TEST(DigestTest, GivesTheDigestsOfTheStandardsExamples) {
  EXPECT_EQ(Hex(Sha256Of("")),
            "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  EXPECT_EQ(Hex(Sha256Of("abc")),
            "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  EXPECT_EQ(Hex(Sha256Of(std::string(1'000'000, 'a'))),
            "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
}

TEST(DigestTest, PiecesGiveTheDigestOfTheWhole) {
  const std::string text(200, 'x');
  for (size_t cut = 0; cut <= text.size(); ++cut) {
    const std::string_view all = text;
    EXPECT_EQ(Sha256().Add(all.substr(0, cut)).Add(all.substr(cut)).Finish(), Sha256Of(text));
  }
}

}  // namespace
}  // namespace sluice::crypto
