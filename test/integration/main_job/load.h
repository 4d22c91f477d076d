// Open-loop load on the proxies, judging every response: its status, that it shows one number in
// header and body, and that no connection ever sees a number go back.
//
// Each thread has one connection at a time and a schedule of its own: a request that is late is sent
// at once, and its latency counts from when it was due.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

namespace sluice::mainjob {

struct Response {
  int status = 0;    // 0: none came
  int64_t header = -1;  // of "rev"
  int64_t body = -1;
  bool closes = false;  // the connection is not to be used again
  std::string text = {};   // of the body
  std::string error = {};  // why none came, or what came instead of 200
};

// A blocking HTTP/1.1 connection.
class Client final {
 public:
  // "127.0.0.1:80"
  explicit Client(std::string address) : address_(std::move(address)) {}
  ~Client() { Close(); }
  Client(Client&& other) noexcept;

  // Connects if it is not connected.
  Response Get(const std::string& path);
  // The body of any response, "" if none came.
  std::string GetText(const std::string& path);
  void Close();
  bool connected() const { return fd_ >= 0; }

 private:
  bool Connect();
  Response Read();
  const std::string address_;
  int fd_ = -1;
  std::string in_;
};

class Load final {
 public:
  struct Options {
    std::vector<std::string> addresses;  // threads take them in turn
    int threads = 8;
    double requests_per_second = 5000;   // of all threads
    std::string path = "/";
    int connection_requests = 500;       // then a new connection
  };
  explicit Load(Options options);
  ~Load() { Stop(); }

  void Stop();
  uint64_t requests() const { return requests_; }
  uint64_t failures() const { return failures_; }
  std::vector<std::string> errors();            // the first few
  std::chrono::microseconds slowest() const { return std::chrono::microseconds(slowest_us_.load()); }

 private:
  void Run(int thread);
  // "" if the response is good.
  std::string Judge(const Response& response, int64_t last) const;
  void Fail(std::string text);

  const Options options_;
  std::atomic<bool> stop_{false};
  std::atomic<uint64_t> requests_{0};
  std::atomic<uint64_t> failures_{0};
  std::atomic<int64_t> slowest_us_{0};
  std::mutex mutex_;
  std::vector<std::string> errors_;  // guarded by mutex_
  std::vector<std::thread> threads_;
};

}  // namespace sluice::mainjob
