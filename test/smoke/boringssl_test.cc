// BoringSSL from the crate, with its own headers and not OpenSSL's that are installed as well.
#include <gtest/gtest.h>
#include <openssl/base.h>

#ifndef OPENSSL_IS_BORINGSSL
#error "OpenSSL's headers were found instead of BoringSSL's"
#endif

#include <openssl/bytestring.h>
#include <openssl/ec_key.h>
#include <openssl/ecdsa.h>
#include <openssl/nid.h>
#include <openssl/sha.h>
#include <openssl/ssl.h>

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace {

using Digest = std::array<uint8_t, SHA256_DIGEST_LENGTH>;

Digest Sha256(std::string_view text) {
  Digest digest;
  SHA256(reinterpret_cast<const uint8_t*>(text.data()), text.size(), digest.data());
  return digest;
}

std::string Hex(const Digest& digest) {
  constexpr char kDigits[] = "0123456789abcdef";
  std::string hex;
  for (const uint8_t byte : digest) {
    hex += kDigits[byte >> 4];
    hex += kDigits[byte & 15];
  }
  return hex;
}

TEST(BoringsslTest, Sha256OfAbcIsTheOneInFips180) {
  EXPECT_EQ(Hex(Sha256("abc")), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}

TEST(BoringsslTest, EcdsaP256SignatureVerifiesAndACorruptOneDoesNot) {
  bssl::UniquePtr<EC_KEY> key(EC_KEY_new_by_curve_name(NID_X9_62_prime256v1));
  ASSERT_TRUE(key);
  ASSERT_EQ(EC_KEY_generate_key(key.get()), 1);

  const Digest digest = Sha256("a message");
  std::vector<uint8_t> signature(ECDSA_size(key.get()));
  unsigned length = 0;
  ASSERT_EQ(ECDSA_sign(0, digest.data(), digest.size(), signature.data(), &length, key.get()), 1);

  const auto verify = [&](const Digest& d) {
    return ECDSA_verify(0, d.data(), d.size(), signature.data(), length, key.get());
  };
  EXPECT_EQ(verify(digest), 1);
  EXPECT_NE(verify(Sha256("another message")), 1);
}

TEST(BoringsslTest, OffersPostQuantumKeyExchange) {
  bssl::UniquePtr<SSL_CTX> context(SSL_CTX_new(TLS_method()));
  ASSERT_TRUE(context);
  EXPECT_EQ(SSL_CTX_set1_groups_list(context.get(), "X25519MLKEM768:X25519:P-256"), 1);
}

}  // namespace
