// Looks at 16 bytes at once: SSE2 where there is one (every x86-64), plain C++ elsewhere.
//
// The inner loops of the HTTP/1 parser, the writer and the path rules are built from these: a head
// is read in steps of 16 bytes instead of byte by byte, which is most of the difference between 200
// and 2,000 ns for a usual one. No byte outside [base, end) is touched. Pure functions, any thread.
//
// Use: FindFirst<&Bytes16::Colons>(line, end, base) is the end of a field name. Add a question to
// Bytes16 in both forms, and to byte_scan_test.cc, which asks each about all 256 bytes.
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
  // Reads p[0..15]; no alignment is asked for.
  explicit Bytes16(const char* p) : v_(_mm_loadu_si128(reinterpret_cast<const __m128i*>(p))) {}

  // The byte itself, for whatever is not a class of the grammar.
  uint32_t Equal(char c) const { return Mask(Eq(c)); }
  // Ends of lines; the parser checks the CR before.
  uint32_t LineFeeds() const { return Equal('\n'); }
  // Ends of field names.
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
  // What a quoted string escapes: controls, '"', '\\' and bytes over 0x7F.
  uint32_t NotPlainText() const {
    return MaybeNotFieldText() | Mask(_mm_or_si128(Eq('"'), Eq('\\')));
  }
  // All but letters, digits and '-': names made of these alone are tokens without underscore.
  uint32_t NotPlainName() const { return ~Mask(_mm_or_si128(AlphaNumeric(), Eq('-'))) & 0xFFFF; }
  // All but letters, digits, '-', '.', '_' and '~'.
  uint32_t NotHostText() const {
    const __m128i marks =
        _mm_or_si128(_mm_or_si128(Eq('-'), Eq('.')), _mm_or_si128(Eq('_'), Eq('~')));
    return ~Mask(_mm_or_si128(AlphaNumeric(), marks)) & 0xFFFF;
  }
  // For names whose normal form is lower case.
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
  // Bytes of [from, from + count), `from` + `count` <= 128. Both sides are moved so that the
  // smallest signed number means `from`.
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
  // The same questions without vector instructions; a compiler may find some of its own. The answers
  // are the same for each byte (byte_scan_test.cc runs in whichever form was compiled).
  explicit Bytes16(const char* p) { std::memcpy(v_, p, sizeof(v_)); }

  uint32_t Equal(char c) const {
    return Where([c](uint8_t b) { return b == uint8_t(c); });
  }
  uint32_t LineFeeds() const { return Equal('\n'); }
  uint32_t Colons() const { return Equal(':'); }
  uint32_t NotFieldText() const {
    return Where([](uint8_t b) { return (b < 0x20 && b != '\t') || b == 0x7F; });
  }
  uint32_t MaybeNotFieldText() const { return NotFieldText(); }
  uint32_t NotPlainText() const {
    return Where([](uint8_t b) { return b < 0x20 || b > 0x7E || b == '"' || b == '\\'; });
  }
  uint32_t NotPlainName() const { return WhereNot(AlphaNumeric(), "-"); }
  uint32_t NotHostText() const { return WhereNot(AlphaNumeric(), "-._~"); }
  uint32_t UpperCase() const {
    return Where([](uint8_t b) { return b >= 'A' && b <= 'Z'; });
  }
  uint32_t NotPathText() const { return NotQueryText() | Equal('?'); }
  uint32_t NotQueryText() const { return NotVisible() | Equal('#'); }
  uint32_t PathSpecials() const { return NotPathText() | Equal('%') | Equal(';') | Equal('\\'); }

 private:
  uint32_t NotVisible() const {
    return Where([](uint8_t b) { return b < 0x21 || b > 0x7E; });
  }
  uint32_t AlphaNumeric() const {
    return Where([](uint8_t b) {
      return (b >= '0' && b <= '9') || ((b | 0x20) >= 'a' && (b | 0x20) <= 'z');
    });
  }
  // Bytes neither in `mask` nor in `others`.
  uint32_t WhereNot(uint32_t mask, std::string_view others) const {
    for (char c : others) mask |= Equal(c);
    return ~mask & 0xFFFF;
  }
  // Asks `predicate` about each byte; bit i is its answer for byte i.
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

}  // namespace sluice::http
