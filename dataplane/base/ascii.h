// ASCII case folding for field names, hosts and tokens: never depends on a locale, and bytes above
// 0x7f are left alone.
#pragma once

#include <cstdint>
#include <cstring>
#include <string_view>

namespace sluice::base {

constexpr char AsciiLower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c | 0x20) : c; }

// Eight bytes at once; the byte order does not matter.
constexpr uint64_t AsciiLower8(uint64_t word) {
  constexpr uint64_t kOnes = 0x0101010101010101u;
  const uint64_t low7 = word & (kOnes * 0x7f);
  // Bit 7 of a byte becomes set where it is >= 'A', respectively > 'Z'; 7-bit sums cannot carry
  // into the next byte.
  const uint64_t from_a = low7 + kOnes * (0x80 - 'A');
  const uint64_t above_z = low7 + kOnes * (0x7f - 'Z');
  const uint64_t upper = (from_a ^ above_z) & ~word & (kOnes * 0x80);
  return word | (upper >> 2);
}

// Case-insensitive equality, eight bytes at a time.
inline bool EqualsIgnoreCase(std::string_view a, std::string_view b) {
  if (a.size() != b.size()) return false;
  size_t i = 0;
  for (; i + 8 <= a.size(); i += 8) {
    uint64_t x, y;
    std::memcpy(&x, a.data() + i, 8);
    std::memcpy(&y, b.data() + i, 8);
    if (x != y && AsciiLower8(x) != AsciiLower8(y)) return false;
  }
  for (; i < a.size(); ++i) {
    if (AsciiLower(a[i]) != AsciiLower(b[i])) return false;
  }
  return true;
}

}  // namespace sluice::base
