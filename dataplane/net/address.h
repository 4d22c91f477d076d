// An IPv4, IPv6 or unix socket address as a small value. Immutable after making; any thread.
#pragma once

#include <sys/socket.h>

#include <cstdint>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"

namespace sluice::net {

class Address final {
 public:
  Address() = default;  // family AF_UNSPEC
  // `ip` is a literal; names are for the resolver. INVALID_ARGUMENT otherwise.
  static absl::StatusOr<Address> FromIp(std::string_view ip, uint16_t port);
  // "127.0.0.1:80" or "[::1]:80".
  static absl::StatusOr<Address> Parse(std::string_view text);
  static Address FromSockaddr(const sockaddr* addr, socklen_t size);

  int family() const { return storage_.ss_family; }
  bool is_ip() const { return family() == AF_INET || family() == AF_INET6; }
  bool is_loopback() const;
  bool is_any() const;  // 0.0.0.0 or ::
  uint16_t port() const;
  Address WithPort(uint16_t port) const;
  const sockaddr* sockaddr_ptr() const { return reinterpret_cast<const sockaddr*>(&storage_); }
  socklen_t sockaddr_size() const { return size_; }
  // "127.0.0.1:80", "[::1]:80".
  std::string ToString() const;
  // Without port and brackets; the text is formatted into `out` (46 bytes) without allocating.
  std::string_view IpText(char (&out)[46]) const;
  friend bool operator==(const Address& a, const Address& b);
  // For hash maps.
  size_t Hash() const;

 private:
  sockaddr_storage storage_{};
  socklen_t size_ = 0;
};

}  // namespace sluice::net
