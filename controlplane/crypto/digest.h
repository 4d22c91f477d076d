// SHA-256 (FIPS 180-4), on OpenSSL: the same calls as dataplane/crypto/digest.h, which stands on
// BoringSSL and can share no process with it. No header of that library is seen by who uses this.
//
// Values. Thread: any; an object belongs to one thread at a time.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

namespace sluice::crypto {

using Digest = std::array<uint8_t, 32>;

// The digest of bytes that come in pieces.
class Sha256 final {
 public:
  Sha256();
  ~Sha256();
  Sha256(const Sha256&) = delete;
  Sha256& operator=(const Sha256&) = delete;

  // May be called any number of times; returns itself.
  Sha256& Add(std::string_view bytes);
  // Of all that was added. The object must not be used again.
  Digest Finish();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

// Of bytes that are all there.
Digest Sha256Of(std::string_view bytes);

// Lower-case hexadecimal; the first `chars` of its 64.
std::string Hex(const Digest& digest, size_t chars = 64);

}  // namespace sluice::crypto
