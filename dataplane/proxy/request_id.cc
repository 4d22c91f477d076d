#include "dataplane/proxy/request_id.h"

#include <array>
#include <cstdint>
#include <cstring>

namespace sluice::proxy {

namespace {
// Two hex digits of every byte value, so that a byte costs one load and one store.
constexpr auto kHexPairs = [] {
  std::array<std::array<char, 2>, 256> pairs{};
  constexpr char kDigits[] = "0123456789abcdef";
  for (int i = 0; i < 256; ++i) pairs[i] = {kDigits[i >> 4], kDigits[i & 15]};
  return pairs;
}();
}  // namespace

std::string_view NewRequestId(base::Random& random, buffer::Arena& arena) {
  uint64_t high = random();
  uint64_t low = random();
  high = (high & ~0xf000ULL) | 0x4000ULL;                                  // version 4
  low = (low & 0x3fffffffffffffffULL) | 0x8000000000000000ULL;            // variant 10
  char* out = arena.NewArray<char>(36);
  char* at = out;
  for (int i = 0; i < 16; ++i) {
    if (i == 4 || i == 6 || i == 8 || i == 10) *at++ = '-';
    const uint64_t word = i < 8 ? high : low;
    const auto& pair = kHexPairs[(word >> (56 - 8 * (i & 7))) & 0xff];
    std::memcpy(at, pair.data(), 2);
    at += 2;
  }
  return {out, 36};
}

}  // namespace sluice::proxy
