#include "tools/bench/net.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <sys/epoll.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <ctime>

namespace sluice::bench {
namespace {

sockaddr_in Loopback(uint16_t port) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  address.sin_port = htons(port);
  return address;
}

void SetNoDelay(int fd) {
  int one = 1;
  setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof(one));
}

}  // namespace

uint64_t NowNs() {
  timespec now{};
  clock_gettime(CLOCK_MONOTONIC, &now);
  return static_cast<uint64_t>(now.tv_sec) * 1'000'000'000u + static_cast<uint64_t>(now.tv_nsec);
}

void Die(std::string_view message) {
  std::fprintf(stderr, "%s: %.*s\n", program_invocation_short_name,
               static_cast<int>(message.size()), message.data());
  std::exit(2);
}

int ListenLoopback(uint16_t port) {
  int fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  int one = 1;
  setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof(one));
  sockaddr_in address = Loopback(port);
  if (fd < 0 || bind(fd, reinterpret_cast<sockaddr*>(&address), sizeof(address)) != 0 ||
      listen(fd, 4096) != 0) {
    Die(std::string("cannot listen on 127.0.0.1:") + std::to_string(port) + ": " +
        std::strerror(errno));
  }
  return fd;
}

uint16_t LocalPort(int fd) {
  sockaddr_in address{};
  socklen_t size = sizeof(address);
  getsockname(fd, reinterpret_cast<sockaddr*>(&address), &size);
  return ntohs(address.sin_port);
}

int ConnectLoopback(uint16_t port) {
  int fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  if (fd < 0) return -1;
  SetNoDelay(fd);
  sockaddr_in address = Loopback(port);
  int result = connect(fd, reinterpret_cast<sockaddr*>(&address), sizeof(address));
  if (result == 0 || errno == EINPROGRESS) return fd;
  int reason = errno;
  close(fd);
  errno = reason;
  return -1;
}

int AcceptOne(int listen_fd) {
  int fd = accept4(listen_fd, nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC);
  if (fd >= 0) SetNoDelay(fd);
  return fd;
}

int NewEpoll() {
  int fd = epoll_create1(EPOLL_CLOEXEC);
  if (fd < 0) Die("epoll_create1 failed");
  return fd;
}

void WatchEdge(int epoll_fd, int fd, uint64_t token) {
  epoll_event event{};
  event.events = EPOLLIN | EPOLLOUT | EPOLLRDHUP | EPOLLET;
  event.data.u64 = token;
  if (epoll_ctl(epoll_fd, EPOLL_CTL_ADD, fd, &event) != 0) Die("epoll_ctl failed");
}

void RaiseFileLimit() {
  rlimit limit{};
  getrlimit(RLIMIT_NOFILE, &limit);
  limit.rlim_cur = limit.rlim_max;
  setrlimit(RLIMIT_NOFILE, &limit);
}

void BoundLife(unsigned seconds) {
  signal(SIGPIPE, SIG_IGN);
  prctl(PR_SET_PDEATHSIG, SIGTERM);
  alarm(seconds);
}

Args::Args(int argc, char** argv, std::string_view known) {
  const std::string names = " " + std::string(known) + " ";
  for (int i = 1; i < argc; ++i) {
    std::string_view arg = argv[i];
    if (!arg.starts_with("--")) Die("unexpected argument " + std::string(arg));
    arg.remove_prefix(2);
    const size_t equals = arg.find('=');
    const std::string name(arg.substr(0, equals));
    if (names.find(" " + name + " ") == std::string::npos) {
      Die("unknown flag --" + name + "; flags:" + names);
    }
    values_[name] = equals == std::string_view::npos ? "1" : std::string(arg.substr(equals + 1));
  }
}

std::string Args::Text(const std::string& name, std::string_view absent) const {
  auto found = values_.find(name);
  return found == values_.end() ? std::string(absent) : found->second;
}

double Args::Number(const std::string& name, double absent, double min, double max) const {
  auto found = values_.find(name);
  if (found == values_.end()) return absent;
  char* end = nullptr;
  const double value = std::strtod(found->second.c_str(), &end);
  if (end == found->second.c_str() || *end != '\0' || !(value >= min && value <= max)) {
    Die("--" + name + ": want a number from " + std::to_string(min) + " to " +
        std::to_string(max) + ", got '" + found->second + "'");
  }
  return value;
}

}  // namespace sluice::bench
