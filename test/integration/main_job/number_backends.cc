#include "test/integration/main_job/number_backends.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cstdlib>

namespace sluice::mainjob {

namespace {

void Watch(int epoll, int fd) {
  epoll_event event{.events = EPOLLIN, .data = {.fd = fd}};
  epoll_ctl(epoll, EPOLL_CTL_ADD, fd, &event);
}

}  // namespace

NumberBackends::NumberBackends(int count, Reach reach) : epoll_(epoll_create1(EPOLL_CLOEXEC)) {
  const bool all = reach == Reach::kLoopback;
  for (int number = 0; number < count; ++number) {
    const int fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(all ? INADDR_ANY : INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    // Bound to the interface, so that no other one is reached.
    if (all && setsockopt(fd, SOL_SOCKET, SO_BINDTODEVICE, "lo", 2) != 0) std::abort();
    if (bind(fd, reinterpret_cast<sockaddr*>(&address), size) != 0 || listen(fd, 128) != 0) std::abort();
    getsockname(fd, reinterpret_cast<sockaddr*>(&address), &size);
    ports_.push_back(ntohs(address.sin_port));
    listeners_[fd] = number;
    Watch(epoll_, fd);
  }
  thread_ = std::thread([this] { Run(); });
}

NumberBackends::~NumberBackends() {
  stop_ = true;
  thread_.join();
  for (const auto& [fd, number] : listeners_) close(fd);
  for (const auto& [fd, connection] : connections_) close(fd);
  close(epoll_);
}

void NumberBackends::Run() {
  epoll_event events[64];
  while (!stop_) {
    const int n = epoll_wait(epoll_, events, 64, 100);
    for (int i = 0; i < n; ++i) {
      const int fd = events[i].data.fd;
      if (const auto listener = listeners_.find(fd); listener != listeners_.end()) {
        Accept(fd, listener->second);
      } else if (const auto it = connections_.find(fd); it != connections_.end()) {
        Serve(fd, it->second);
      }
    }
  }
}

void NumberBackends::Accept(int listen_fd, int number) {
  const int fd = accept4(listen_fd, nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC);
  if (fd < 0) return;
  const int on = 1;
  setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  connections_[fd] = {number, ""};
  Watch(epoll_, fd);
}

void NumberBackends::Serve(int fd, Connection& connection) {
  char bytes[4096];
  const ssize_t n = recv(fd, bytes, sizeof bytes, 0);
  if (n <= 0) {
    close(fd);
    connections_.erase(fd);
    return;
  }
  connection.in.append(bytes, n);
  std::string out;
  for (size_t end; (end = connection.in.find("\r\n\r\n")) != std::string::npos;) {
    connection.in.erase(0, end + 4);
    const std::string body = std::to_string(connection.number) + "\n";
    out += "HTTP/1.1 200 OK\r\ncontent-length: " + std::to_string(body.size()) + "\r\n\r\n" + body;
  }
  // A few bytes to a loopback socket that was just read from: they fit.
  if (!out.empty()) (void)!send(fd, out.data(), out.size(), MSG_NOSIGNAL);
}

}  // namespace sluice::mainjob
