#include <arpa/inet.h>

#include <bit>
#include <cstring>

#include "dataplane/base/ascii.h"
#include "dataplane/buffer/copy_bytes.h"
#include "dataplane/http/byte_scan.h"
#include "dataplane/http/path.h"
#include "dataplane/http/text.h"

namespace sluice::http {
namespace {

constexpr size_t kLongestHost = 255;    // RFC 1035 2.3.4; nothing longer resolves
constexpr size_t kLongestAddress = 45;  // INET6_ADDRSTRLEN without its zero

bool IsIpv6Literal(std::string_view bracketed) {
  const std::string_view address = bracketed.substr(1, bracketed.size() - 2);
  if (address.empty() || address.size() > kLongestAddress) return false;
  char text[kLongestAddress + 1];
  std::memcpy(text, address.data(), address.size());
  text[address.size()] = '\0';
  if (std::strlen(text) != address.size()) return false;
  in6_addr ignored;
  return inet_pton(AF_INET6, text, &ignored) == 1;  // takes no zone id
}

// True if two bytes `c` stand next to each other in `text`.
bool HasDoubled(std::string_view text, char c) {
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

// NameLength of up to 16 bytes, which are most.
size_t ShortNameLength(std::string_view text) {
  char copy[16] = {};  // a zero is no part of a name
  buffer::CopyBytes(copy, text.data(), text.size());
  const Bytes16 bytes(copy);
  const uint32_t size = static_cast<uint32_t>(std::countr_zero(bytes.NotHostText() | 1u << 16));
  const uint32_t dots = bytes.Equal('.') & ((1u << size) - 1);
  return (dots & 1) != 0 || (dots & (dots << 1)) != 0 ? 0 : size;
}

// Up to 16 bytes that are a name, all of them, and in its canonical form: what most clients send.
bool IsPlainShortName(std::string_view text) {
  if (text.empty() || text.size() > 16 || text.back() == '.') return false;
  char copy[16] = {};
  buffer::CopyBytes(copy, text.data(), text.size());
  const Bytes16 bytes(copy);
  const uint32_t dots = bytes.Equal('.');
  const uint32_t bad = bytes.NotHostText() | bytes.UpperCase();
  const uint32_t all = (1u << text.size()) - 1;
  return (bad & all) == 0 && (dots & 1) == 0 && (dots & (dots << 1)) == 0;
}

// Length of the name at the front: letters, digits, '-', '.', '_' and '~', and no empty label but
// the root's ("a..b" and ".a" are no names). Percent triplets and sub-delims are in RFC 3986's
// reg-name but in no name that a certificate, a route or DNS could hold, and two parsers may read
// them as two names.
size_t NameLength(std::string_view text) {
  if (text.size() <= 16) return ShortNameLength(text);
  const char* const begin = text.data();
  const char* const end = begin + text.size();
  const char* const stop = FindFirst<&Bytes16::NotHostText>(begin, end, begin);
  const std::string_view name(begin, static_cast<size_t>(stop - begin));
  return name.empty() || name.front() == '.' || HasDoubled(name, '.') ? 0 : name.size();
}

// Length of the host at the front of `authority`; 0 when it is not valid.
size_t HostLength(std::string_view authority) {
  if (authority.empty()) return 0;
  if (authority.front() != '[') {
    const size_t n = NameLength(authority);
    return n <= kLongestHost ? n : 0;
  }
  const size_t close = authority.find(']');
  if (close == std::string_view::npos) return 0;
  return IsIpv6Literal(authority.substr(0, close + 1)) ? close + 1 : 0;
}

// `text` is empty or ":" and perhaps digits. An empty port means none (RFC 3986 6.2.3).
bool ParsePort(std::string_view text, uint32_t& port) {
  port = 0;
  if (text.empty() || text == ":") return true;
  if (text.front() != ':' || text.size() > 6) return false;
  for (char c : text.substr(1)) {
    if (!IsDigit(c)) return false;
    port = port * 10 + static_cast<uint32_t>(c - '0');
  }
  return port != 0 && port <= 65535;
}

bool IsDefaultPort(uint32_t port, std::string_view scheme) {
  return (port == 80 && scheme == "http") || (port == 443 && scheme == "https");
}

bool HasUpperCase(std::string_view text) {
  const char* const begin = text.data();
  const char* const end = begin + text.size();
  return FindFirst<&Bytes16::UpperCase>(begin, end, begin) != end;
}

size_t PutPort(char* out, uint32_t port) {
  char digits[5];
  size_t n = 0;
  for (; port != 0; port /= 10) digits[n++] = static_cast<char>('0' + port % 10);
  *out++ = ':';
  for (size_t i = n; i > 0; --i) *out++ = digits[i - 1];
  return n + 1;
}

size_t PortDigits(uint32_t port) {
  return 1 + (port > 9) + (port > 99) + (port > 999) + (port > 9999);
}

}  // namespace

AuthorityForm JudgeAuthority(std::string_view authority) {
  if (IsPlainShortName(authority)) return AuthorityForm::kCanonical;
  const size_t host_size = HostLength(authority);
  if (host_size == 0) return AuthorityForm::kInvalid;
  const std::string_view host = authority.substr(0, host_size);
  const std::string_view port_text = authority.substr(host_size);
  uint32_t port = 0;
  if (!ParsePort(port_text, port)) return AuthorityForm::kInvalid;
  const bool plain_port = port_text.empty() || (port != 0 && port != 80 && port != 443 &&
                                                port_text.size() == 1 + PortDigits(port));
  return plain_port && host.back() != '.' && !HasUpperCase(host) ? AuthorityForm::kCanonical
                                                                  : AuthorityForm::kValid;
}

bool IsValidAuthority(std::string_view authority) {
  return JudgeAuthority(authority) != AuthorityForm::kInvalid;
}

AuthorityResult NormalizeAuthority(std::string_view authority, std::string_view scheme,
                                   buffer::Arena& arena) {
  AuthorityResult result;
  const size_t host_size = HostLength(authority);
  if (host_size == 0) return result;
  uint32_t port = 0;
  if (!ParsePort(authority.substr(host_size), port)) return result;

  std::string_view host = authority.substr(0, host_size);
  if (host.back() == '.') host.remove_suffix(1);
  const bool keep_port = port != 0 && !IsDefaultPort(port, scheme);
  const size_t port_size = keep_port ? 1 + PortDigits(port) : 0;
  if (HasUpperCase(host) || host.size() + port_size != authority.size()) {
    char* const text = arena.NewArray<char>(host.size() + port_size);
    for (size_t i = 0; i < host.size(); ++i) text[i] = base::AsciiLower(host[i]);
    if (keep_port) PutPort(text + host.size(), port);
    authority = std::string_view(text, host.size() + port_size);
  }
  result.text = authority;
  result.parts = {authority.substr(0, host.size()), port, true};
  return result;
}

}  // namespace sluice::http
