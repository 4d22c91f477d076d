#include "dataplane/proxy/request_id.h"

#include <bit>
#include <cstdint>
#include <cstring>

namespace sluice::proxy {

namespace {

// The eight hex digits of `number`, all at once.
void PutHex(uint32_t number, char* out) {
  // One digit in each byte, the last of them in the lowest...
  uint64_t digits = number;
  digits = (digits | digits << 16) & 0x0000ffff0000ffffULL;
  digits = (digits | digits << 8) & 0x00ff00ff00ff00ffULL;
  digits = (digits | digits << 4) & 0x0f0f0f0f0f0f0f0fULL;
  // ...then as text: 6 more carry into bit 4 where a letter is due.
  constexpr uint64_t kOnes = 0x0101010101010101ULL;
  const uint64_t letters = (digits + 6 * kOnes) >> 4 & kOnes;
  digits += '0' * kOnes + letters * ('a' - '0' - 10);
  if constexpr (std::endian::native == std::endian::little) digits = __builtin_bswap64(digits);
  std::memcpy(out, &digits, sizeof digits);
}

}  // namespace

std::string_view NewRequestId(base::Random& random, buffer::Arena& arena) {
  uint64_t high = random();
  uint64_t low = random();
  high = (high & ~0xf000ULL) | 0x4000ULL;                                  // version 4
  low = (low & 0x3fffffffffffffffULL) | 0x8000000000000000ULL;            // variant 10
  char hex[32];
  PutHex(static_cast<uint32_t>(high >> 32), hex);
  PutHex(static_cast<uint32_t>(high), hex + 8);
  PutHex(static_cast<uint32_t>(low >> 32), hex + 16);
  PutHex(static_cast<uint32_t>(low), hex + 24);
  char* const out = arena.NewArray<char>(36);
  std::memcpy(out, hex, 8);
  std::memcpy(out + 9, hex + 8, 4);
  std::memcpy(out + 14, hex + 12, 4);
  std::memcpy(out + 19, hex + 16, 4);
  std::memcpy(out + 24, hex + 20, 12);
  out[8] = out[13] = out[18] = out[23] = '-';
  return {out, 36};
}

}  // namespace sluice::proxy
