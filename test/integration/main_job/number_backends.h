// Backends that answer with a number: backend N listens on a port of its own and says "N\n".
// One thread serves all of them; HTTP/1.1 with keep-alive, requests without bodies.
#pragma once

#include <atomic>
#include <cstdint>
#include <string>
#include <thread>
#include <unordered_map>
#include <vector>

namespace sluice::mainjob {

class NumberBackends final {
 public:
  // kLoopback: each port answers on every address of 127.0.0.0/8, for clusters of many endpoints.
  enum class Reach { kOneAddress, kLoopback };
  // Numbers 0 to `count` - 1, on 127.0.0.1.
  explicit NumberBackends(int count, Reach reach = Reach::kOneAddress);
  ~NumberBackends();

  uint16_t port(int number) const { return ports_[number]; }

 private:
  struct Connection {
    int number;
    std::string in;
  };
  void Run();
  void Accept(int listen_fd, int number);
  void Serve(int fd, Connection& connection);

  int epoll_ = -1;
  std::vector<uint16_t> ports_;
  std::unordered_map<int, int> listeners_;  // descriptor -> number
  std::unordered_map<int, Connection> connections_;
  std::atomic<bool> stop_{false};
  std::thread thread_;
};

}  // namespace sluice::mainjob
