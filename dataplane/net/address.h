// An IPv4, IPv6 or unix socket address as a small value (40 bytes, trivially copyable, so that it
// can lie in an Arena). Immutable after making; any thread.
#pragma once

#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/un.h>

#include <cstddef>
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
  // `path` absolute, or "@name" for the abstract namespace, at most 107 bytes; INVALID_ARGUMENT
  // otherwise. Paths come from configuration: each distinct one is kept until the process ends.
  static absl::StatusOr<Address> FromUnixPath(std::string_view path);
  // What the kernel gave; families other than the three give an AF_UNSPEC address. A unix address
  // loses its path (an accepted peer has none).
  static Address FromSockaddr(const sockaddr* addr, socklen_t size);

  int family() const { return ip_.v4.sin_family; }
  bool is_ip() const { return family() == AF_INET || family() == AF_INET6; }
  bool is_loopback() const;  // 127.0.0.0/8, ::1, and the former mapped into IPv6
  bool is_any() const;       // 0.0.0.0 or ::
  uint16_t port() const;     // host byte order; 0 unless is_ip()
  Address WithPort(uint16_t port) const;
  // The IPv4 address that an IPv6 socket shows as ::ffff:a.b.c.d; anything else as it is.
  Address Unmapped() const;
  const sockaddr* sockaddr_ptr() const;
  socklen_t sockaddr_size() const;  // 0 for AF_UNSPEC
  // "127.0.0.1:80", "[::1]:80", "unix:/run/x"; "unspecified" for AF_UNSPEC.
  std::string ToString() const;
  // Without port and brackets; the text is formatted into `out` (46 bytes) without allocating.
  // Empty unless is_ip().
  std::string_view IpText(char (&out)[46]) const;
  friend bool operator==(const Address& a, const Address& b);
  // For hash maps.
  size_t Hash() const;

 private:
  union Ip {
    sockaddr_in v4;
    sockaddr_in6 v6;
  };
  Ip ip_{};                            // its family field serves all families
  const sockaddr_un* path_ = nullptr;  // interned, lives as long as the process
};

}  // namespace sluice::net
