#include "dataplane/net/address.h"

#include <arpa/inet.h>
#include <fmt/format.h>

#include <charconv>
#include <cstring>
#include <memory>
#include <mutex>
#include <optional>
#include <unordered_map>

#include "dataplane/base/status_macros.h"

namespace sluice::net {
namespace {

absl::Status Invalid(std::string_view text, std::string_view why) {
  return absl::InvalidArgumentError(fmt::format("'{}' {}", text, why));
}

std::optional<uint16_t> ParsePort(std::string_view text) {
  uint16_t port = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), port);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return port;
}

const sockaddr_un* Intern(std::string_view path) {
  static std::mutex mutex;
  static auto& paths = *new std::unordered_map<std::string, std::unique_ptr<sockaddr_un>>;
  const std::lock_guard lock(mutex);
  std::unique_ptr<sockaddr_un>& entry = paths[std::string(path)];
  if (entry == nullptr) {
    entry = std::make_unique<sockaddr_un>();
    entry->sun_family = AF_UNIX;
    std::memcpy(entry->sun_path, path.data(), path.size());
    if (path[0] == '@') entry->sun_path[0] = '\0';
  }
  return entry.get();
}

// A leading zero byte marks the abstract namespace, where the length is part of the name.
size_t PathLength(const sockaddr_un& address) {
  const bool abstract = address.sun_path[0] == '\0';
  return abstract + strnlen(address.sun_path + abstract, sizeof(address.sun_path) - abstract);
}

bool IsMappedV4(const in6_addr& ip) { return IN6_IS_ADDR_V4MAPPED(&ip); }

// Returns the end of the digits.
char* PutDecimal(unsigned char number, char* at) {
  if (number >= 100) *at++ = static_cast<char>('0' + number / 100);
  if (number >= 10) *at++ = static_cast<char>('0' + number / 10 % 10);
  *at++ = static_cast<char>('0' + number % 10);
  return at;
}

}  // namespace

absl::StatusOr<Address> Address::FromIp(std::string_view ip, uint16_t port) {
  char text[INET6_ADDRSTRLEN];
  if (ip.size() >= sizeof(text)) return Invalid(ip, "is not an IP address");
  std::memcpy(text, ip.data(), ip.size());
  text[ip.size()] = '\0';
  // inet_pton would stop at a zero byte and take what is before it.
  if (std::strlen(text) != ip.size()) return Invalid(ip, "is not an IP address");
  Address address;
  if (inet_pton(AF_INET, text, &address.ip_.v4.sin_addr) == 1) {
    address.ip_.v4.sin_family = AF_INET;
    address.ip_.v4.sin_port = htons(port);
    return address;
  }
  address = Address();
  if (inet_pton(AF_INET6, text, &address.ip_.v6.sin6_addr) == 1) {
    address.ip_.v6.sin6_family = AF_INET6;
    address.ip_.v6.sin6_port = htons(port);
    return address;
  }
  return Invalid(ip, "is not an IP address");
}

absl::StatusOr<Address> Address::Parse(std::string_view text) {
  const size_t colon = text.rfind(':');
  if (colon == std::string_view::npos) return Invalid(text, "has no port");
  const std::optional<uint16_t> port = ParsePort(text.substr(colon + 1));
  if (!port.has_value()) return Invalid(text, "has a bad port");
  std::string_view host = text.substr(0, colon);
  const bool brackets = host.size() >= 2 && host.front() == '[' && host.back() == ']';
  if (brackets) host = host.substr(1, host.size() - 2);
  if (brackets != (host.find(':') != std::string_view::npos)) {
    return Invalid(text, "is neither IPv4:port nor [IPv6]:port");
  }
  return FromIp(host, *port);
}

absl::StatusOr<Address> Address::FromUnixPath(std::string_view path) {
  if (path.size() < 2 || (path[0] != '/' && path[0] != '@') ||
      path.size() >= sizeof(sockaddr_un::sun_path) ||
      path.find('\0') != std::string_view::npos) {
    return Invalid(path, "is not an absolute path or @name of at most 107 bytes");
  }
  Address address;
  address.ip_.v4.sin_family = AF_UNIX;
  address.path_ = Intern(path);
  return address;
}

Address Address::FromSockaddr(const sockaddr* addr, socklen_t size) {
  Address address;
  if (size >= sizeof(sockaddr_in) && addr->sa_family == AF_INET) {
    std::memcpy(&address.ip_.v4, addr, sizeof(sockaddr_in));
    std::memset(address.ip_.v4.sin_zero, 0, sizeof(address.ip_.v4.sin_zero));
  } else if (size >= sizeof(sockaddr_in6) && addr->sa_family == AF_INET6) {
    std::memcpy(&address.ip_.v6, addr, sizeof(sockaddr_in6));
    address.ip_.v6.sin6_flowinfo = 0;  // says nothing about who the peer is
  } else if (size >= sizeof(sa_family_t) && addr->sa_family == AF_UNIX) {
    address.ip_.v4.sin_family = AF_UNIX;
  }
  return address;
}

bool Address::is_loopback() const {
  if (family() == AF_INET) return ntohl(ip_.v4.sin_addr.s_addr) >> 24 == 127;
  if (family() != AF_INET6) return false;
  const in6_addr& ip = ip_.v6.sin6_addr;
  return IN6_IS_ADDR_LOOPBACK(&ip) || (IsMappedV4(ip) && ip.s6_addr[12] == 127);
}

bool Address::is_any() const {
  if (family() == AF_INET) return ip_.v4.sin_addr.s_addr == 0;
  return family() == AF_INET6 && IN6_IS_ADDR_UNSPECIFIED(&ip_.v6.sin6_addr);
}

uint16_t Address::port() const {
  // sin_port and sin6_port lie at the same place.
  return is_ip() ? ntohs(ip_.v4.sin_port) : 0;
}

Address Address::WithPort(uint16_t port) const {
  Address address = *this;
  if (is_ip()) address.ip_.v4.sin_port = htons(port);
  return address;
}

Address Address::Unmapped() const {
  if (family() != AF_INET6 || !IsMappedV4(ip_.v6.sin6_addr)) return *this;
  Address address;
  address.ip_.v4.sin_family = AF_INET;
  address.ip_.v4.sin_port = ip_.v6.sin6_port;
  std::memcpy(&address.ip_.v4.sin_addr, ip_.v6.sin6_addr.s6_addr + 12, 4);
  return address;
}

const sockaddr* Address::sockaddr_ptr() const {
  if (path_ != nullptr) return reinterpret_cast<const sockaddr*>(path_);
  return reinterpret_cast<const sockaddr*>(&ip_);
}

socklen_t Address::sockaddr_size() const {
  switch (family()) {
    case AF_INET: return sizeof(sockaddr_in);
    case AF_INET6: return sizeof(sockaddr_in6);
    case AF_UNIX:
      if (path_ == nullptr) return sizeof(sa_family_t);
      return static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + PathLength(*path_) +
                                    (path_->sun_path[0] != '\0'));
    default: return 0;
  }
}

std::string Address::ToString() const {
  char ip[46];
  switch (family()) {
    case AF_INET: return fmt::format("{}:{}", IpText(ip), port());
    case AF_INET6: return fmt::format("[{}]:{}", IpText(ip), port());
    case AF_UNIX: {
      if (path_ == nullptr) return "unix:";
      std::string path(path_->sun_path, PathLength(*path_));
      if (path[0] == '\0') path[0] = '@';
      return "unix:" + path;
    }
    default: return "unspecified";
  }
}

std::string_view Address::IpText(char (&out)[46]) const {
  if (!is_ip()) return {};
  if (family() == AF_INET6) return inet_ntop(AF_INET6, &ip_.v6.sin6_addr, out, sizeof(out));
  // On the path of every request, where inet_ntop costs 1,700 instructions (it calls sprintf).
  unsigned char bytes[4];
  std::memcpy(bytes, &ip_.v4.sin_addr, sizeof bytes);
  char* at = out;
  for (int i = 0; i < 4; ++i) {
    if (i > 0) *at++ = '.';
    at = PutDecimal(bytes[i], at);
  }
  return {out, static_cast<size_t>(at - out)};
}

bool operator==(const Address& a, const Address& b) {
  // All bytes are zero where a family does not use them.
  return a.path_ == b.path_ && std::memcmp(&a.ip_, &b.ip_, sizeof(a.ip_)) == 0;
}

size_t Address::Hash() const {
  const std::string_view bytes(reinterpret_cast<const char*>(&ip_), sizeof(ip_));
  return std::hash<std::string_view>()(bytes) ^ std::hash<const void*>()(path_);
}

}  // namespace sluice::net
