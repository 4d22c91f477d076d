// Looks at 16 bytes at once: SSE2 where there is one (every x86-64), plain C++ elsewhere.
//
// The parser's inner loops are built from these, so a head is read in steps of 16 bytes and no byte
// outside [base, end) is touched. Pure functions.
#pragma once

#include <bit>
#include <cstdint>
#include <cstring>
#include <string_view>

#if defined(__SSE2__)
#include <emmintrin.h>
#endif

namespace sluice::http {

// Sixteen bytes; each query gives a mask with bit i set where byte i answers yes.
class Bytes16 final {
 public:
#if defined(__SSE2__)
  explicit Bytes16(const char* p) : v_(_mm_loadu_si128(reinterpret_cast<const __m128i*>(p))) {}

  uint32_t Equal(char c) const { return Mask(Eq(c)); }
  uint32_t LineFeeds() const { return Equal('\n'); }
  uint32_t Colons() const { return Equal(':'); }
  // Controls but HTAB: what ends or spoils a field value. Bytes over 0x7F pass (obs-text).
  uint32_t NotFieldText() const {
    const __m128i low = _mm_cmpeq_epi8(_mm_min_epu8(v_, _mm_set1_epi8(0x1F)), v_);
    return Mask(_mm_or_si128(_mm_andnot_si128(Eq('\t'), low), Eq(0x7F)));
  }
  // All but visible ASCII without '#' and '?': what ends or spoils the path of a target.
  uint32_t NotPathText() const {
    return Mask(_mm_or_si128(NotVisible(), _mm_or_si128(Eq('#'), Eq('?'))));
  }
  // The same for the query, where '?' is allowed.
  uint32_t NotQueryText() const { return Mask(_mm_or_si128(NotVisible(), Eq('#'))); }
  // What makes a path need the slow way whatever surrounds it.
  uint32_t PathSpecials() const {
    const __m128i a = _mm_or_si128(Eq('%'), Eq(';'));
    const __m128i b = _mm_or_si128(Eq('\\'), _mm_or_si128(Eq('#'), Eq('?')));
    return Mask(_mm_or_si128(NotVisible(), _mm_or_si128(a, b)));
  }

 private:
  static uint32_t Mask(__m128i v) { return static_cast<uint32_t>(_mm_movemask_epi8(v)); }
  __m128i Eq(char c) const { return _mm_cmpeq_epi8(v_, _mm_set1_epi8(c)); }
  // Signed compare: bytes over 0x7F are negative and so below 0x21 too.
  __m128i NotVisible() const {
    return _mm_or_si128(_mm_cmplt_epi8(v_, _mm_set1_epi8(0x21)), Eq(0x7F));
  }
  __m128i v_;
#else
  explicit Bytes16(const char* p) { std::memcpy(v_, p, sizeof(v_)); }

  uint32_t Equal(char c) const {
    return Where([c](uint8_t b) { return b == static_cast<uint8_t>(c); });
  }
  uint32_t LineFeeds() const { return Equal('\n'); }
  uint32_t Colons() const { return Equal(':'); }
  uint32_t NotFieldText() const {
    return Where([](uint8_t b) { return (b < 0x20 && b != '\t') || b == 0x7F; });
  }
  uint32_t NotPathText() const {
    return Where([](uint8_t b) { return NotVisible(b) || b == '#' || b == '?'; });
  }
  uint32_t NotQueryText() const {
    return Where([](uint8_t b) { return NotVisible(b) || b == '#'; });
  }
  uint32_t PathSpecials() const {
    return Where([](uint8_t b) {
      return NotVisible(b) || b == '%' || b == ';' || b == '\\' || b == '#' || b == '?';
    });
  }

 private:
  static bool NotVisible(uint8_t b) { return b < 0x21 || b > 0x7E; }
  template <typename Predicate>
  uint32_t Where(Predicate predicate) const {
    uint32_t mask = 0;
    for (int i = 0; i < 16; ++i) mask |= static_cast<uint32_t>(predicate(v_[i])) << i;
    return mask;
  }
  uint8_t v_[16];
#endif
};

// The first byte of [p, end) that answers yes to `query`, else `end`. Bytes from `base` <= p on may
// be read again: with 16 of them before `end` no tail is handled byte by byte.
template <uint32_t (Bytes16::*query)() const>
inline const char* FindFirst(const char* p, const char* end, const char* base) {
  for (; end - p >= 16; p += 16) {
    const uint32_t mask = (Bytes16(p).*query)();
    if (mask != 0) return p + std::countr_zero(mask);
  }
  if (p == end) return end;
  uint32_t mask;
  if (end - base >= 16) [[likely]] {
    mask = (Bytes16(end - 16).*query)() >> (16 - (end - p));
  } else {
    char copy[16] = {};
    std::memcpy(copy, p, static_cast<size_t>(end - p));
    mask = (Bytes16(copy).*query)() & ((1u << (end - p)) - 1);
  }
  return mask != 0 ? p + std::countr_zero(mask) : end;
}

// True if NormalizePath has nothing to do: no escape, parameter, "//", "/." or forbidden byte.
inline bool IsPlainPath(std::string_view path) {
  const char* p = path.data();
  const char* const end = p + path.size();
  char copy[16];
  if (path.size() < 16) {
    std::memset(copy, 'a', sizeof(copy));
    std::memcpy(copy, p, path.size());
    p = copy;
  }
  uint32_t carry = 0;  // 1: the byte before this block is a slash
  for (;;) {
    const Bytes16 bytes(p);
    const uint32_t slashes = bytes.Equal('/');
    const uint32_t pairs = ((slashes << 1) | carry) & (slashes | bytes.Equal('.'));
    if ((pairs | bytes.PathSpecials()) != 0) return false;
    if (p == copy || end - p <= 16) return true;
    // The last block overlaps the one before.
    p = end - p >= 32 ? p + 16 : end - 16;
    carry = p[-1] == '/' ? 1 : 0;
  }
}

}  // namespace sluice::http
