// The tables behind LookupField, open so that the HTTP/1 parser can look names up while it holds
// their bytes in a register. Everybody else calls LookupField (field_id.h).
#pragma once

#include <array>
#include <cstdint>
#include <cstring>

#include "dataplane/http/field_id.h"

#if defined(__SSE2__)
#include <emmintrin.h>
#endif

namespace sluice::http::detail {

inline constexpr uint32_t kFieldSlots = 256;
inline constexpr size_t kLongestField = 32;  // a name is at most two blocks of 16 bytes

struct FieldMultipliers {
  uint32_t length, second, last_but_one;
};

// Slot of a name of at least two bytes. Case is folded by ORing 0x20, which also makes some other
// bytes equal; the compare that follows does not.
inline constexpr uint32_t FieldSlot(const char* name, size_t size, FieldMultipliers m) {
  const uint32_t second = static_cast<uint8_t>(name[1]) | 0x20u;
  const uint32_t last_but_one = static_cast<uint8_t>(name[size - 2]) | 0x20u;
  return (static_cast<uint32_t>(size) * m.length + second * m.second +
          last_but_one * m.last_but_one) %
         kFieldSlots;
}

// A name, and 0x20 at its letters: ORing only these folds case and nothing else (ORing 0x20
// everywhere would make CR equal to '-'). Both are 0xFF behind the name.
struct FieldPattern {
  alignas(16) char lower[kLongestField];
  alignas(16) char fold[kLongestField];
};

// Found by search, see field_id.cc.
inline constexpr FieldMultipliers kFieldMultipliers = {3, 27, 10};
// FieldId by slot; 0 in empty ones.
extern const std::array<uint8_t, kFieldSlots> kFieldOfSlot;
// By FieldId; 0 for kUnknown, which equals no name looked up.
extern const std::array<uint8_t, kFieldIdCount> kFieldSizes;
extern const std::array<FieldPattern, kFieldIdCount> kFieldPatterns;

// LookupField for a name of `size` bytes, of which 16 can be read, 32 if it is longer than 16.
[[gnu::always_inline]] inline FieldId LookupReadableField(const char* name, size_t size) {
#if defined(__SSE2__)
  if (size < 2) return FieldId::kUnknown;
  const uint8_t id = kFieldOfSlot[FieldSlot(name, size, kFieldMultipliers)];
  if (kFieldSizes[id] != size) return FieldId::kUnknown;
  const auto matches = [&](size_t at) {
    const auto load = [at](const char* p) {
      return _mm_loadu_si128(reinterpret_cast<const __m128i*>(p + at));
    };
    // Behind the name the pattern equals every byte.
    const __m128i folded = _mm_or_si128(load(name), load(kFieldPatterns[id].fold));
    return _mm_movemask_epi8(_mm_cmpeq_epi8(folded, load(kFieldPatterns[id].lower))) == 0xFFFF;
  };
  if (!matches(0) || (size > 16 && !matches(16))) return FieldId::kUnknown;
  return static_cast<FieldId>(id);
#else
  return LookupField({name, size});
#endif
}

}  // namespace sluice::http::detail
