#include "dataplane/config/access_log_escape.h"

#include <cstdint>

namespace sluice::config {

namespace {

constexpr char kHex[] = "0123456789ABCDEF";

bool IsPlain(unsigned char c) { return c >= 0x20 && c < 0x7f && c != '"' && c != '\\'; }

// U+0080 to U+009F: some terminals take them for ESC [ and the like.
bool IsC1(std::string_view character) {
  return character.size() == 2 && static_cast<unsigned char>(character[0]) == 0xc2 &&
         static_cast<unsigned char>(character[1]) < 0xa0;
}

// The longest plain prefix of bytes[from..], appended at once: nearly all values are one run.
size_t AppendPlainRun(std::string_view bytes, size_t from, std::string& out) {
  size_t i = from;
  while (i < bytes.size() && IsPlain(static_cast<unsigned char>(bytes[i]))) ++i;
  out.append(bytes, from, i - from);
  return i;
}

void AppendHexByte(char byte, std::string& out) {
  const auto c = static_cast<unsigned char>(byte);
  out += "\\x";
  out += kHex[c >> 4];
  out += kHex[c & 15];
}

void AppendUnicodeEscape(unsigned code, std::string& out) {
  out += "\\u00";
  out += kHex[code >> 4 & 15];
  out += kHex[code & 15];
}

void AppendJsonAscii(char c, std::string& out) {
  switch (c) {
    case '"':
      out += "\\\"";
      return;
    case '\\':
      out += "\\\\";
      return;
    case '\b':
      out += "\\b";
      return;
    case '\f':
      out += "\\f";
      return;
    case '\n':
      out += "\\n";
      return;
    case '\r':
      out += "\\r";
      return;
    case '\t':
      out += "\\t";
      return;
    default:
      AppendUnicodeEscape(static_cast<unsigned char>(c), out);
  }
}

}  // namespace

size_t Utf8Length(std::string_view bytes) {
  const auto at = [&](size_t i) { return static_cast<uint8_t>(bytes[i]); };
  const auto follows = [&](size_t i, uint8_t low = 0x80, uint8_t high = 0xbf) {
    return i < bytes.size() && at(i) >= low && at(i) <= high;
  };
  const uint8_t first = at(0);
  if (first < 0x80) return 1;
  if (first < 0xc2) return 0;
  if (first < 0xe0) return follows(1) ? 2 : 0;
  if (first < 0xf0) {
    const uint8_t low = first == 0xe0 ? 0xa0 : 0x80;
    const uint8_t high = first == 0xed ? 0x9f : 0xbf;
    return follows(1, low, high) && follows(2) ? 3 : 0;
  }
  if (first > 0xf4) return 0;
  const uint8_t low = first == 0xf0 ? 0x90 : 0x80;
  const uint8_t high = first == 0xf4 ? 0x8f : 0xbf;
  return follows(1, low, high) && follows(2) && follows(3) ? 4 : 0;
}

void AppendTextEscaped(std::string_view bytes, std::string& out) {
  size_t i = AppendPlainRun(bytes, 0, out);
  while (i < bytes.size()) {
    const size_t length = Utf8Length(bytes.substr(i));
    const std::string_view character = bytes.substr(i, length);
    if (length > 1 && !IsC1(character)) {
      out += character;
      i += length;
    } else {
      const size_t end = i + (length == 0 ? 1 : length);
      for (; i < end; ++i) AppendHexByte(bytes[i], out);
    }
    i = AppendPlainRun(bytes, i, out);
  }
}

void AppendJsonEscaped(std::string_view bytes, std::string& out) {
  size_t i = AppendPlainRun(bytes, 0, out);
  while (i < bytes.size()) {
    const size_t length = Utf8Length(bytes.substr(i));
    const std::string_view character = bytes.substr(i, length);
    if (length == 0) {
      out += "\xef\xbf\xbd";
    } else if (length == 1) {
      AppendJsonAscii(bytes[i], out);
    } else if (IsC1(character)) {
      AppendUnicodeEscape(static_cast<unsigned char>(character[1]), out);
    } else {
      out += character;
    }
    i = AppendPlainRun(bytes, i + (length == 0 ? 1 : length), out);
  }
}

}  // namespace sluice::config
