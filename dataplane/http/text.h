// Character classes and lists of HTTP's grammar, without locale (case folding is base/ascii.h).
// Pure functions.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace sluice::http {

inline constexpr bool IsDigit(char c) { return c >= '0' && c <= '9'; }

// Value of a hexadecimal digit; -1 for any other byte.
inline constexpr int HexValue(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  const char lower = static_cast<char>(c | 0x20);
  return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
}

namespace detail {
consteval std::array<bool, 256> MakeTokenTable() {
  std::array<bool, 256> table{};
  for (int c = '0'; c <= '9'; ++c) table[c] = true;
  for (int c = 'a'; c <= 'z'; ++c) table[c] = table[c - 0x20] = true;
  for (char c : std::string_view("!#$%&'*+-.^_`|~")) table[static_cast<uint8_t>(c)] = true;
  return table;
}
inline constexpr std::array<bool, 256> kTokenTable = MakeTokenTable();
}  // namespace detail

// tchar of RFC 9110 5.6.2.
inline constexpr bool IsTokenChar(char c) { return detail::kTokenTable[static_cast<uint8_t>(c)]; }

// A non-empty token.
inline constexpr bool IsToken(std::string_view text) {
  for (char c : text) {
    if (!IsTokenChar(c)) return false;
  }
  return !text.empty();
}

// OWS is SP and HTAB only (RFC 9110 5.6.3); other white space is data or an error.
inline constexpr bool IsOws(char c) { return c == ' ' || c == '\t'; }

inline constexpr std::string_view TrimOws(std::string_view text) {
  while (!text.empty() && IsOws(text.front())) text.remove_prefix(1);
  while (!text.empty() && IsOws(text.back())) text.remove_suffix(1);
  return text;
}

// Takes the next member off the front of a comma separated list (RFC 9110 5.6.1), white space
// trimmed, perhaps empty. `list` is the rest afterwards; call while it is not empty. Quoted strings
// are not understood: only for lists of tokens.
inline constexpr std::string_view NextMember(std::string_view& list) {
  const size_t comma = list.find(',');
  const std::string_view member = list.substr(0, comma);
  list = comma == std::string_view::npos ? std::string_view() : list.substr(comma + 1);
  return TrimOws(member);
}

}  // namespace sluice::http
