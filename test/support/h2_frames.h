// HTTP/2 frames byte by byte, for peers that break the rules (RFC 9113 4.1, RFC 7541 6).
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace sluice::test {

enum class H2Type : uint8_t {
  kData, kHeaders, kPriority, kRstStream, kSettings, kPushPromise, kPing, kGoAway, kWindowUpdate,
  kContinuation,
};
inline constexpr uint8_t kEndStreamFlag = 0x1;
inline constexpr uint8_t kAckFlag = 0x1;
inline constexpr uint8_t kEndHeadersFlag = 0x4;
inline constexpr uint8_t kPaddedFlag = 0x8;

std::string H2Frame(H2Type type, uint8_t flags, uint32_t stream, std::string_view payload = {});
// The frame header alone, announcing `length` bytes.
std::string H2FrameHeader(H2Type type, uint8_t flags, uint32_t stream, uint32_t length);

// Big-endian.
std::string H2Uint32(uint32_t value);
std::string H2Uint16(uint16_t value);

// One field as a literal that is not indexed, or put into the table; nothing is judged.
std::string H2Literal(std::string_view name, std::string_view value);
std::string H2Indexing(std::string_view name, std::string_view value);
// ":status: 200" by its static index.
inline constexpr std::string_view kH2Status200 = "\x88";
// The newest entry of the dynamic table, by one byte.
inline constexpr std::string_view kH2NewestEntry = "\xbe";

// HEADERS with END_HEADERS.
std::string H2Headers(uint32_t stream, std::string_view block, bool end_stream = false);
std::string H2Data(uint32_t stream, std::string_view bytes, bool end_stream = false);
// Empty SETTINGS: how a server begins.
std::string H2Settings();

}  // namespace sluice::test
