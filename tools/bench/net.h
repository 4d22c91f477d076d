// Loopback sockets, the clock and the flags of the three bench programs.
//
// The programs are single threaded, speak only to 127.0.0.1 and end by
// themselves: after --max-seconds, or when the process that started them ends.
// They must not include product folders, or a change of the product could
// change the ruler that measures it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>

namespace sluice::bench {

// Nanoseconds of CLOCK_MONOTONIC.
uint64_t NowNs();

// Ends the process with a message on stderr and exit code 2. Everything that
// can go wrong before the measurement (flags, sockets) goes through here.
[[noreturn]] void Die(std::string_view message);

// A non-blocking listen socket on 127.0.0.1. `port` 0 takes a free one.
int ListenLoopback(uint16_t port);
uint16_t LocalPort(int fd);

// A non-blocking connect to 127.0.0.1:`port` with TCP_NODELAY. The connection
// may still be in progress; -1 when the kernel refused at once (errno is set).
int ConnectLoopback(uint16_t port);

// One accepted connection, non-blocking with TCP_NODELAY; -1 when none waits.
int AcceptOne(int listen_fd);

int NewEpoll();
// Adds `fd` once, edge triggered, for reading, writing and the peer's close.
// `token` comes back as the event's data.u64.
void WatchEdge(int epoll_fd, int fd, uint64_t token);

// Raises the soft limit of open files to the hard one.
void RaiseFileLimit();

// Bounds the life of the process: SIGALRM after `seconds` (> 0), SIGTERM when
// the parent dies, SIGPIPE ignored.
void BoundLife(unsigned seconds);

// Flags of the form --name=value or a bare --name (value "1"). Names that are
// not in `known` (separated by spaces) end the process.
class Args {
 public:
  Args(int argc, char** argv, std::string_view known);
  bool Has(const std::string& name) const { return values_.contains(name); }
  std::string Text(const std::string& name, std::string_view absent) const;
  // Dies unless the value is a number in [min, max].
  double Number(const std::string& name, double absent, double min, double max) const;

 private:
  std::map<std::string, std::string> values_;
};

}  // namespace sluice::bench
