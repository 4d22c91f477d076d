#include "dataplane/crypto/digest.h"

#include <openssl/sha2.h>

#include <new>

#ifndef OPENSSL_IS_BORINGSSL
#error "the headers are those of another library"
#endif

namespace sluice::crypto {
namespace {

SHA256_CTX* Context(std::array<std::byte, 112>& state) {
  static_assert(sizeof(SHA256_CTX) <= sizeof(state) && alignof(SHA256_CTX) <= 8);
  return std::launder(reinterpret_cast<SHA256_CTX*>(state.data()));
}

}  // namespace

Sha256::Sha256() {
  new (state_.data()) SHA256_CTX;
  SHA256_Init(Context(state_));
}

Sha256& Sha256::Add(std::string_view bytes) {
  SHA256_Update(Context(state_), bytes.data(), bytes.size());
  return *this;
}

Digest Sha256::Finish() {
  Digest digest;
  SHA256_Final(digest.data(), Context(state_));
  return digest;
}

Digest Sha256Of(std::string_view bytes) { return Sha256().Add(bytes).Finish(); }

}  // namespace sluice::crypto
