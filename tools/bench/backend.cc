// backend: an HTTP/1.1 keep-alive origin with fixed responses, one thread.
//
// The last path segment is the body size in bytes (/128, /api/65536); any other
// path gets --body-bytes. Requests are taken as heads without a body: the load
// client sends only GET. --fail-percent of them are answered 503, at random with
// a fixed seed; /requests tells how many others came, /peak on how many
// connections at once they did. Prints {"port":N} once it
// listens.
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdio>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "tools/bench/net.h"

namespace sluice::bench {
namespace {

constexpr size_t kMaxBodyBytes = 16u << 20;
constexpr size_t kMaxHeadBytes = 16u << 10;

struct Connection {
  int fd = -1;
  std::string in;                       // the part of a request head read so far
  const std::string* response = nullptr;  // being written; the next request waits
  size_t written = 0;
  bool asked = false;  // for something that counts
};

class Backend {
 public:
  Backend(uint16_t port, size_t default_body_bytes, uint32_t fail_percent)
      : default_body_bytes_(default_body_bytes), fail_percent_(fail_percent),
        listen_fd_(ListenLoopback(port)) {
    WatchEdge(epoll_fd_, listen_fd_, 0);
  }

  uint16_t port() const { return LocalPort(listen_fd_); }

  [[noreturn]] void Run() {
    std::array<epoll_event, 256> events;
    for (;;) {
      const int count = epoll_wait(epoll_fd_, events.data(), events.size(), -1);
      for (int i = 0; i < count; ++i) {
        auto* connection = reinterpret_cast<Connection*>(events[i].data.u64);
        if (connection == nullptr) {
          AcceptAll();
        } else if (!Serve(*connection, (events[i].events & EPOLLRDHUP) != 0)) {
          close(connection->fd);
          open_ -= connection->asked ? 1 : 0;
          delete connection;
        }
      }
    }
  }

 private:
  void AcceptAll() {
    for (int fd = AcceptOne(listen_fd_); fd >= 0; fd = AcceptOne(listen_fd_)) {
      // Owned by the epoll set: Run deletes it when Serve says it is over.
      auto connection = std::make_unique<Connection>();
      connection->fd = fd;
      WatchEdge(epoll_fd_, fd, reinterpret_cast<uint64_t>(connection.release()));
    }
  }

  // False once the connection is over. After `peer_closed` a short read is no
  // sign of an empty queue: the FIN behind it raises no further edge.
  bool Serve(Connection& c, bool peer_closed) {
    if (c.response != nullptr && !Write(c)) return false;
    while (c.response == nullptr) {
      const ssize_t got = recv(c.fd, input_.data(), input_.size(), 0);
      if (got == 0) return false;
      if (got < 0) return errno == EAGAIN;
      c.in.append(input_.data(), static_cast<size_t>(got));
      if (!Answer(c)) return false;
      if (static_cast<size_t>(got) < input_.size() && !peer_closed) break;
    }
    return true;
  }

  bool Answer(Connection& c) {
    size_t end;
    while (c.response == nullptr && (end = c.in.find("\r\n\r\n")) != std::string::npos) {
      c.response = &Respond(c);
      c.written = 0;
      c.in.erase(0, end + 4);
      if (!Write(c)) return false;
    }
    return c.in.size() <= kMaxHeadBytes;
  }

  bool Write(Connection& c) {
    while (c.written < c.response->size()) {
      const ssize_t sent = send(c.fd, c.response->data() + c.written,
                                c.response->size() - c.written, MSG_NOSIGNAL);
      if (sent < 0) return errno == EAGAIN;
      c.written += static_cast<size_t>(sent);
    }
    c.response = nullptr;
    return true;
  }

  const std::string& Number(uint64_t number) {
    const std::string text = std::to_string(number);
    number_ = "HTTP/1.1 200 OK\r\ncontent-length: " + std::to_string(text.size()) + "\r\n\r\n" + text;
    return number_;
  }

  const std::string& Respond(Connection& c) {
    const std::string_view head = c.in;
    if (head.starts_with("GET /requests ")) return Number(requests_);
    if (head.starts_with("GET /peak ")) return Number(peak_);
    ++requests_;
    if (!c.asked) {
      c.asked = true;
      peak_ = std::max(peak_, ++open_);
    }
    // xorshift64: the same sequence in every run.
    random_ ^= random_ << 13;
    random_ ^= random_ >> 7;
    random_ ^= random_ << 17;
    return random_ % 100 < fail_percent_ ? failure_ : ResponseFor(BodyBytes(head));
  }

  size_t BodyBytes(std::string_view head) const {
    const size_t start = head.find(' ');
    const size_t end = start == std::string_view::npos ? start : head.find(' ', start + 1);
    if (end == std::string_view::npos) return default_body_bytes_;
    const std::string_view path = head.substr(start + 1, end - start - 1);
    const std::string_view last = path.substr(path.rfind('/') + 1);
    size_t bytes = 0;
    const auto parsed = std::from_chars(last.data(), last.data() + last.size(), bytes);
    const bool number = parsed.ec == std::errc() && parsed.ptr == last.data() + last.size();
    return number && bytes <= kMaxBodyBytes ? bytes : default_body_bytes_;
  }

  const std::string& ResponseFor(size_t body_bytes) {
    std::string& response = responses_[body_bytes];
    if (response.empty()) {
      response =
          "HTTP/1.1 200 OK\r\ncontent-type: text/plain\r\ncache-control: no-store\r\n"
          "content-length: " +
          std::to_string(body_bytes) + "\r\n\r\n" + std::string(body_bytes, 'x');
    }
    return response;
  }

  const size_t default_body_bytes_;
  const uint32_t fail_percent_;
  uint64_t requests_ = 0;
  uint64_t random_ = 88172645463325252u;
  uint64_t open_ = 0;  // connections that asked for something that counts
  uint64_t peak_ = 0;
  std::string number_;
  const std::string failure_ =
      "HTTP/1.1 503 Service Unavailable\r\ncontent-type: text/plain\r\n"
      "content-length: 4\r\n\r\nbusy";
  const int epoll_fd_ = NewEpoll();
  const int listen_fd_;
  std::vector<char> input_ = std::vector<char>(16u << 10);
  // References stay valid: the map's nodes do not move.
  std::unordered_map<size_t, std::string> responses_;
};

int Run(int argc, char** argv) {
  const Args args(argc, argv, "port body-bytes fail-percent max-seconds");
  BoundLife(static_cast<unsigned>(args.Number("max-seconds", 900, 1, 3600)));
  RaiseFileLimit();
  Backend backend(static_cast<uint16_t>(args.Number("port", 0, 0, 65535)),
                  static_cast<size_t>(args.Number("body-bytes", 128, 0, kMaxBodyBytes)),
                  static_cast<uint32_t>(args.Number("fail-percent", 0, 0, 100)));
  std::printf("{\"port\":%d}\n", backend.port());
  std::fflush(stdout);
  backend.Run();
  return 0;
}

}  // namespace
}  // namespace sluice::bench

int main(int argc, char** argv) { return sluice::bench::Run(argc, argv); }
