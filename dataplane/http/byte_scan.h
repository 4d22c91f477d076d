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
  // Nearly the same in fewer steps: also HTAB and bytes over 0x7F, which the caller looks at again.
  uint32_t MaybeNotFieldText() const {
    return Mask(_mm_cmplt_epi8(_mm_add_epi8(v_, _mm_set1_epi8(1)), _mm_set1_epi8(0x21)));
  }
  // All but letters, digits and '-': names made of these alone are tokens without underscore.
  uint32_t NotPlainName() const { return ~Mask(_mm_or_si128(AlphaNumeric(), Eq('-'))) & 0xFFFF; }
  // All but letters, digits, '-', '.', '_' and '~'.
  uint32_t NotHostText() const {
    const __m128i marks = _mm_or_si128(_mm_or_si128(Eq('-'), Eq('.')), _mm_or_si128(Eq('_'), Eq('~')));
    return ~Mask(_mm_or_si128(AlphaNumeric(), marks)) & 0xFFFF;
  }
  uint32_t UpperCase() const { return Mask(Within(v_, 'A', 26)); }
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
  // Bytes of [from, from + count).
  static __m128i Within(__m128i v, char from, int count) {
    const __m128i low = _mm_add_epi8(v, _mm_set1_epi8(static_cast<char>(-128 - from)));
    return _mm_cmplt_epi8(low, _mm_set1_epi8(static_cast<char>(-128 + count)));
  }
  __m128i AlphaNumeric() const {
    const __m128i lower = _mm_or_si128(v_, _mm_set1_epi8(0x20));
    return _mm_or_si128(Within(lower, 'a', 26), Within(v_, '0', 10));
  }
  // One more makes DEL the smallest number, and leaves bytes over 0x7F below zero or at it.
  __m128i NotVisible() const {
    return _mm_cmplt_epi8(_mm_add_epi8(v_, _mm_set1_epi8(1)), _mm_set1_epi8(0x22));
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
  uint32_t MaybeNotFieldText() const { return NotFieldText(); }
  uint32_t NotPlainName() const {
    return Where([](uint8_t b) { return !IsAlphaNumeric(b) && b != '-'; });
  }
  uint32_t NotHostText() const {
    return Where([](uint8_t b) {
      return !IsAlphaNumeric(b) && b != '-' && b != '.' && b != '_' && b != '~';
    });
  }
  uint32_t UpperCase() const {
    return Where([](uint8_t b) { return b >= 'A' && b <= 'Z'; });
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
  static bool IsAlphaNumeric(uint8_t b) {
    return (b >= '0' && b <= '9') || ((b | 0x20) >= 'a' && (b | 0x20) <= 'z');
  }
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
  if (end - p >= 16) {
    const char* const last = end - 16;
    do {
      const uint32_t mask = (Bytes16(p).*query)();
      if (mask != 0) return p + std::countr_zero(mask);
      p += 16;
    } while (p <= last);
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

// True if two bytes `c` stand next to each other in `text`.
inline bool HasDoubled(std::string_view text, char c) {
  const char* p = text.data();
  const char* const end = p + text.size();
  if (text.size() < 16) {
    for (; end - p >= 2; ++p) {
      if (p[0] == c && p[1] == c) return true;
    }
    return false;
  }
  for (;;) {
    const uint32_t mask = Bytes16(p).Equal(c);
    if ((mask & (mask << 1)) != 0) return true;
    if (end - p <= 16) return false;
    p += 15;  // blocks share a byte, so that no pair falls between two
    if (end - p < 16) p = end - 16;
  }
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
