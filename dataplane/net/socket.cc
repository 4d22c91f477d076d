#include "dataplane/net/socket.h"

#include <fmt/format.h>
#include <netinet/tcp.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

namespace sluice::net {
namespace {

bool SetOption(int fd, int level, int name, int value) {
  return setsockopt(fd, level, name, &value, sizeof(value)) == 0;
}

// Coalescing is ours: one sendmsg per connection and turn.
void SetNoDelay(int fd, int family) {
  if (family != AF_UNIX) SetOption(fd, IPPROTO_TCP, TCP_NODELAY, 1);
}

FdResult StreamSocket(int family) {
  FdResult result;
  result.fd.Reset(socket(family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
  if (!result.fd.valid()) result.error = errno;
  return result;
}

FdResult Failed(int error) { return {Fd(), error}; }

}  // namespace

void Fd::Reset(int fd) {
  if (fd_ >= 0) close(fd_);
  fd_ = fd;
}

std::string ErrnoText(int error) {
  const char* text = strerrordesc_np(error);
  const char* name = strerrorname_np(error);
  if (text == nullptr || name == nullptr) return fmt::format("error {}", error);
  return fmt::format("{} ({})", text, name);
}

FdResult StartConnect(const Address& to, const std::optional<Address>& source) {
  FdResult result = StreamSocket(to.family());
  if (!result.fd.valid()) return result;
  const int fd = result.fd.get();
  SetNoDelay(fd, to.family());
  if (source.has_value()) {
    // Lets the kernel choose the port at connect time, when only the pair must be unique.
    if (source->port() == 0) SetOption(fd, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, 1);
    if (bind(fd, source->sockaddr_ptr(), source->sockaddr_size()) != 0) return Failed(errno);
  }
  // An interrupted connect goes on by itself.
  if (connect(fd, to.sockaddr_ptr(), to.sockaddr_size()) != 0 && errno != EINPROGRESS &&
      errno != EINTR) {
    return Failed(errno);
  }
  return result;
}

Accepted Accept(int listen_fd) {
  for (;;) {
    sockaddr_storage peer;
    socklen_t size = sizeof(peer);
    const int fd = accept4(listen_fd, reinterpret_cast<sockaddr*>(&peer), &size,
                           SOCK_NONBLOCK | SOCK_CLOEXEC);
    if (fd >= 0) {
      Accepted accepted{Fd(fd), Address::FromSockaddr(reinterpret_cast<sockaddr*>(&peer), size), 0};
      SetNoDelay(fd, accepted.peer.family());
      return accepted;
    }
    switch (errno) {
      // Errors of the new connection, not of the listening socket (accept(2)).
      case EINTR:
      case ECONNABORTED:
      case ENETDOWN:
      case EPROTO:
      case ENOPROTOOPT:
      case EHOSTDOWN:
      case ENONET:
      case EHOSTUNREACH:
      case ENETUNREACH:
        continue;
      default:
        return {Fd(), Address(), errno};
    }
  }
}

FdResult BindSocket(const Address& address, PortSharing sharing, bool ipv4_too) {
  FdResult result = StreamSocket(address.family());
  if (!result.fd.valid()) return result;
  const int fd = result.fd.get();
  if (address.is_ip()) {
    if (!SetOption(fd, SOL_SOCKET, SO_REUSEADDR, 1)) return Failed(errno);
    if (sharing == PortSharing::kPerWorker && !SetOption(fd, SOL_SOCKET, SO_REUSEPORT, 1)) {
      return Failed(errno);
    }
  }
  if (address.family() == AF_INET6 && !SetOption(fd, IPPROTO_IPV6, IPV6_V6ONLY, ipv4_too ? 0 : 1)) {
    return Failed(errno);
  }
  if (bind(fd, address.sockaddr_ptr(), address.sockaddr_size()) != 0) return Failed(errno);
  return result;
}

Address LocalAddress(int fd) {
  sockaddr_storage storage;
  socklen_t size = sizeof(storage);
  if (getsockname(fd, reinterpret_cast<sockaddr*>(&storage), &size) != 0) return Address();
  return Address::FromSockaddr(reinterpret_cast<sockaddr*>(&storage), size);
}

Address PeerAddress(int fd) {
  sockaddr_storage storage;
  socklen_t size = sizeof(storage);
  if (getpeername(fd, reinterpret_cast<sockaddr*>(&storage), &size) != 0) return Address();
  return Address::FromSockaddr(reinterpret_cast<sockaddr*>(&storage), size);
}

int TakeError(int fd) {
  int error = 0;
  socklen_t size = sizeof(error);
  if (getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &size) != 0) return errno;
  return error;
}

void ResetOnClose(int fd) {
  const linger now{.l_onoff = 1, .l_linger = 0};
  setsockopt(fd, SOL_SOCKET, SO_LINGER, &now, sizeof(now));
}

}  // namespace sluice::net
