// Descriptors and the few socket calls of the data plane, each with its error as a value (errno).
// Every socket made here is non-blocking and close-on-exec. Any thread.
#pragma once

#include <optional>
#include <string>
#include <utility>

#include "dataplane/net/address.h"

namespace sluice::net {

// Owns one descriptor, -1 for none. Closing reports no error: nothing could be done about one.
class Fd final {
 public:
  Fd() = default;
  explicit Fd(int fd) : fd_(fd) {}
  Fd(Fd&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
  Fd& operator=(Fd&& other) noexcept {
    Reset(other.Release());
    return *this;
  }
  ~Fd() { Reset(); }

  int get() const { return fd_; }
  bool valid() const { return fd_ >= 0; }
  // Gives the descriptor to the caller.
  [[nodiscard]] int Release() { return std::exchange(fd_, -1); }
  void Reset(int fd = -1);

 private:
  int fd_ = -1;
};

// "Connection refused (ECONNREFUSED)".
std::string ErrnoText(int error);

// A descriptor or the errno that says why there is none.
struct [[nodiscard]] FdResult {
  Fd fd;
  int error = 0;
};

// Begins to connect to `to`: the outcome is reported by the descriptor's first edge (a refusal at
// once included, where the kernel leaves that to the edge). `source` binds the local end; its port
// may be 0. TCP gets NODELAY.
FdResult StartConnect(const Address& to, const std::optional<Address>& source);

struct [[nodiscard]] Accepted {
  Fd fd;         // invalid: see `error`
  Address peer;  // AF_UNIX without a path for unix sockets
  // EAGAIN: nobody waits. EMFILE, ENFILE, ENOBUFS, ENOMEM: stop accepting for a while.
  int error = 0;
};
// One connection from a listening socket, with NODELAY set. A peer that has gone meanwhile
// (ECONNABORTED and what else accept(2) passes on) is skipped.
Accepted Accept(int listen_fd);

// How the kernel may share the port of a socket.
enum class PortSharing : uint8_t {
  kExclusive,  // refused while anybody listens there
  kPerWorker,  // SO_REUSEPORT: together with the other sockets of the same user that say so
};

// A stream socket bound to `address`, not listening. SO_REUSEADDR is set, so connections in
// TIME_WAIT are no hindrance. An IPv6 wildcard takes IPv4 too only with `ipv4_too`.
FdResult BindSocket(const Address& address, PortSharing sharing, bool ipv4_too);

// The local, respectively the remote, end; AF_UNSPEC when there is none.
Address LocalAddress(int fd);
Address PeerAddress(int fd);

// Takes the pending error of a socket (SO_ERROR); 0 if none.
int TakeError(int fd);
// Makes the coming close send a reset.
void ResetOnClose(int fd);

}  // namespace sluice::net
