// floor: the least a proxy can do, a bare 1:1 byte forwarder on epoll.
//
// One upstream connection per client connection; every socket is registered
// once, edge triggered; one recv and one send per message and direction, no
// parsing, no allocation after accept. What a proxy costs above it is the
// proxy's own work: every result of the bench is a ratio to this program.
// Prints {"port":N} once it listens.
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <string>
#include <vector>

#include "tools/bench/net.h"

namespace sluice::bench {
namespace {

struct Pair;

// One socket of a pair, with what was read from it and not yet sent on.
struct Side {
  Pair* pair = nullptr;
  Side* other = nullptr;
  int fd = -1;
  bool readable = false;
  bool writable = false;
  bool peer_closed = false;  // a FIN is in the queue: read on until recv gives 0
  std::string unsent;  // read from `other`, waiting for this socket
};

// Deletes itself through Floor::Kill; the epoll set holds pointers to its sides.
struct Pair {
  Pair(int client_fd, int upstream_fd) {
    client.pair = upstream.pair = this;
    client.other = &upstream;
    upstream.other = &client;
    client.fd = client_fd;
    upstream.fd = upstream_fd;
  }
  Side client, upstream;
  bool dead = false;
};

class Floor {
 public:
  Floor(uint16_t port, uint16_t upstream_port)
      : upstream_port_(upstream_port), listen_fd_(ListenLoopback(port)) {
    WatchEdge(epoll_fd_, listen_fd_, 0);
  }

  uint16_t port() const { return LocalPort(listen_fd_); }

  [[noreturn]] void Run() {
    std::array<epoll_event, 256> events;
    for (;;) {
      const int count = epoll_wait(epoll_fd_, events.data(), events.size(), -1);
      for (int i = 0; i < count; ++i) OnEvent(events[i]);
      // Both sides of a pair may be in one batch, so a pair dies after it.
      for (Pair* pair : dying_) delete pair;
      dying_.clear();
    }
  }

 private:
  void OnEvent(const epoll_event& event) {
    auto* side = reinterpret_cast<Side*>(event.data.u64);
    if (side == nullptr) return AcceptAll();
    if (side->pair->dead) return;
    if (event.events & EPOLLIN) side->readable = true;
    if (event.events & EPOLLOUT) side->writable = true;
    if (event.events & EPOLLRDHUP) side->peer_closed = true;
    if (event.events & (EPOLLERR | EPOLLHUP)) return Kill(*side->pair);
    if (!Flush(*side) || !Forward(*side) || !Forward(*side->other)) Kill(*side->pair);
  }

  void AcceptAll() {
    for (int fd = AcceptOne(listen_fd_); fd >= 0; fd = AcceptOne(listen_fd_)) {
      const int upstream_fd = ConnectLoopback(upstream_port_);
      if (upstream_fd < 0) {
        close(fd);
        continue;
      }
      auto* pair = new Pair(fd, upstream_fd);
      WatchEdge(epoll_fd_, fd, reinterpret_cast<uint64_t>(&pair->client));
      WatchEdge(epoll_fd_, upstream_fd, reinterpret_cast<uint64_t>(&pair->upstream));
    }
  }

  // Moves bytes from `from` to its other side until one of them has no more
  // room or data. A short read means drained: the next bytes raise a new edge.
  bool Forward(Side& from) {
    Side& to = *from.other;
    while (from.readable && to.writable && to.unsent.empty()) {
      const ssize_t got = recv(from.fd, buffer_.data(), buffer_.size(), 0);
      if (got == 0) return false;
      if (got < 0) {
        from.readable = false;
        return errno == EAGAIN;
      }
      if (static_cast<size_t>(got) < buffer_.size()) from.readable = from.peer_closed;
      if (!Send(to, buffer_.data(), static_cast<size_t>(got))) return false;
    }
    return true;
  }

  bool Send(Side& to, const char* data, size_t size) {
    ssize_t sent = send(to.fd, data, size, MSG_NOSIGNAL);
    if (sent < 0 && errno != EAGAIN) return false;
    if (sent < 0) sent = 0;
    if (static_cast<size_t>(sent) < size) {
      to.writable = false;
      to.unsent.assign(data + sent, size - static_cast<size_t>(sent));
    }
    return true;
  }

  bool Flush(Side& side) {
    if (!side.writable || side.unsent.empty()) return true;
    const ssize_t sent = send(side.fd, side.unsent.data(), side.unsent.size(), MSG_NOSIGNAL);
    if (sent < 0 && errno != EAGAIN) return false;
    if (sent > 0) side.unsent.erase(0, static_cast<size_t>(sent));
    if (!side.unsent.empty()) side.writable = false;
    return true;
  }

  void Kill(Pair& pair) {
    if (pair.dead) return;
    pair.dead = true;
    close(pair.client.fd);
    close(pair.upstream.fd);
    dying_.push_back(&pair);
  }

  const uint16_t upstream_port_;
  const int epoll_fd_ = NewEpoll();
  const int listen_fd_;
  std::vector<char> buffer_ = std::vector<char>(64u << 10);
  std::vector<Pair*> dying_;
};

int Run(int argc, char** argv) {
  const Args args(argc, argv, "port upstream-port max-seconds");
  if (!args.Has("upstream-port")) Die("--upstream-port is needed");
  BoundLife(static_cast<unsigned>(args.Number("max-seconds", 900, 1, 3600)));
  RaiseFileLimit();
  Floor floor(static_cast<uint16_t>(args.Number("port", 0, 0, 65535)),
              static_cast<uint16_t>(args.Number("upstream-port", 0, 1, 65535)));
  std::printf("{\"port\":%d}\n", floor.port());
  std::fflush(stdout);
  floor.Run();
  return 0;
}

}  // namespace
}  // namespace sluice::bench

int main(int argc, char** argv) { return sluice::bench::Run(argc, argv); }
