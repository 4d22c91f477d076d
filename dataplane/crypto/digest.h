// SHA-256 (FIPS 180-4), on BoringSSL. No header of that library is seen by who uses this one.
//
// Values. Thread: any; an object belongs to one thread at a time.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace sluice::crypto {

using Digest = std::array<uint8_t, 32>;

// The digest of bytes that come in pieces.
class Sha256 final {
 public:
  Sha256();

  Sha256& Add(std::string_view bytes);
  // Of all that was added. The object must not be used again.
  Digest Finish();

 private:
  // Room for the library's state; its size is checked where it is used.
  alignas(8) std::array<std::byte, 112> state_;
};

Digest Sha256Of(std::string_view bytes);

}  // namespace sluice::crypto
