#include "controlplane/crypto/digest.h"

#include <openssl/evp.h>

#include <algorithm>
#include <cstdlib>

namespace sluice::crypto {

struct Sha256::State {
  EVP_MD_CTX* context = nullptr;
};

namespace {

// These calls fail only without memory or without a provider for SHA-256: nothing can go on then.
void Require(bool ok) {
  if (!ok) std::abort();
}

}  // namespace

Sha256::Sha256() : state_(std::make_unique<State>()) {
  state_->context = EVP_MD_CTX_new();
  Require(state_->context != nullptr);
  Require(EVP_DigestInit_ex(state_->context, EVP_sha256(), nullptr) == 1);
}

Sha256::~Sha256() { EVP_MD_CTX_free(state_->context); }

Sha256& Sha256::Add(std::string_view bytes) {
  Require(EVP_DigestUpdate(state_->context, bytes.data(), bytes.size()) == 1);
  return *this;
}

Digest Sha256::Finish() {
  Digest digest;
  unsigned int size = 0;
  Require(EVP_DigestFinal_ex(state_->context, digest.data(), &size) == 1 && size == digest.size());
  return digest;
}

Digest Sha256Of(std::string_view bytes) { return Sha256().Add(bytes).Finish(); }

std::string Hex(const Digest& digest, size_t chars) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  std::string text;
  for (uint8_t byte : digest) {
    text.push_back(kDigits[byte >> 4]);
    text.push_back(kDigits[byte & 0xF]);
  }
  text.resize(std::min(chars, text.size()));
  return text;
}

}  // namespace sluice::crypto
