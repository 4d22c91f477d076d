#include "test/support/h2_frames.h"

namespace sluice::test {
namespace {

// RFC 7541 5.1, with a prefix of 7 bits.
std::string Length(size_t value) {
  if (value < 127) return std::string(1, static_cast<char>(value));
  std::string text(1, static_cast<char>(127));
  for (value -= 127; value >= 128; value /= 128) text += static_cast<char>(value % 128 + 128);
  return text + static_cast<char>(value);
}

std::string Field(char first, std::string_view name, std::string_view value) {
  return std::string(1, first) + Length(name.size()) + std::string(name) + Length(value.size()) +
         std::string(value);
}

}  // namespace

std::string H2Uint32(uint32_t value) {
  return {static_cast<char>(value >> 24), static_cast<char>(value >> 16),
          static_cast<char>(value >> 8), static_cast<char>(value)};
}

std::string H2Uint16(uint16_t value) {
  return {static_cast<char>(value >> 8), static_cast<char>(value)};
}

std::string H2FrameHeader(H2Type type, uint8_t flags, uint32_t stream, uint32_t length) {
  return H2Uint32(length).substr(1) + static_cast<char>(type) + static_cast<char>(flags) +
         H2Uint32(stream);
}

std::string H2Frame(H2Type type, uint8_t flags, uint32_t stream, std::string_view payload) {
  return H2FrameHeader(type, flags, stream, static_cast<uint32_t>(payload.size())) +
         std::string(payload);
}

std::string H2Literal(std::string_view name, std::string_view value) {
  return Field(0x00, name, value);
}

std::string H2Indexing(std::string_view name, std::string_view value) {
  return Field(0x40, name, value);
}

std::string H2Headers(uint32_t stream, std::string_view block, bool end_stream) {
  return H2Frame(H2Type::kHeaders, kEndHeadersFlag | (end_stream ? kEndStreamFlag : 0), stream,
                 block);
}

std::string H2Data(uint32_t stream, std::string_view bytes, bool end_stream) {
  return H2Frame(H2Type::kData, end_stream ? kEndStreamFlag : 0, stream, bytes);
}

std::string H2Settings() { return H2Frame(H2Type::kSettings, 0, 0); }

}  // namespace sluice::test
