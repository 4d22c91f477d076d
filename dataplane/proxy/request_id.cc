#include "dataplane/proxy/request_id.h"

#include <cstdint>
#include <cstring>

#if defined(__SSE2__)
#include <emmintrin.h>
#endif

namespace sluice::proxy {

namespace {

constexpr std::string_view kName = "x-request-id: ";
constexpr size_t kIdSize = 36;

// The 32 hex digits of 16 bytes, all at once where the processor can.
void PutHex(const uint8_t* bytes, char* out) {
#if defined(__SSE2__)
  const __m128i all = _mm_loadu_si128(reinterpret_cast<const __m128i*>(bytes));
  const __m128i low_bits = _mm_set1_epi8(0x0f);
  const __m128i high = _mm_and_si128(_mm_srli_epi16(all, 4), low_bits);
  const __m128i low = _mm_and_si128(all, low_bits);
  const auto put = [](__m128i digits, char* to) {
    const __m128i letters = _mm_cmpgt_epi8(digits, _mm_set1_epi8(9));
    const __m128i from = _mm_add_epi8(_mm_set1_epi8('0'),
                                      _mm_and_si128(letters, _mm_set1_epi8('a' - '0' - 10)));
    _mm_storeu_si128(reinterpret_cast<__m128i*>(to), _mm_add_epi8(digits, from));
  };
  put(_mm_unpacklo_epi8(high, low), out);
  put(_mm_unpackhi_epi8(high, low), out + 16);
#else
  for (int i = 0; i < 16; ++i) {
    out[2 * i] = "0123456789abcdef"[bytes[i] >> 4];
    out[2 * i + 1] = "0123456789abcdef"[bytes[i] & 15];
  }
#endif
}

}  // namespace

std::string_view NewRequestIdLine(base::Random& random, buffer::Arena& arena) {
  const uint64_t words[2] = {random(), random()};
  uint8_t bytes[16];
  std::memcpy(bytes, words, sizeof bytes);
  bytes[6] = static_cast<uint8_t>((bytes[6] & 0x0f) | 0x40);  // version 4
  bytes[8] = static_cast<uint8_t>((bytes[8] & 0x3f) | 0x80);  // variant 10
  char hex[32];
  PutHex(bytes, hex);
  char* const line = arena.NewArray<char>(kName.size() + kIdSize + 2);
  std::memcpy(line, kName.data(), kName.size());
  char* const id = line + kName.size();
  std::memcpy(id, hex, 8);
  std::memcpy(id + 9, hex + 8, 4);
  std::memcpy(id + 14, hex + 12, 4);
  std::memcpy(id + 19, hex + 16, 4);
  std::memcpy(id + 24, hex + 20, 12);
  id[8] = id[13] = id[18] = id[23] = '-';
  std::memcpy(id + kIdSize, "\r\n", 2);
  return {line, kName.size() + kIdSize + 2};
}

}  // namespace sluice::proxy
