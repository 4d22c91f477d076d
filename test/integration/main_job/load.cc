#include "test/integration/main_job/load.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <utility>

namespace sluice::mainjob {

namespace {

using Clock = std::chrono::steady_clock;

constexpr timeval kPatience{.tv_sec = 5, .tv_usec = 0};

// The value of a header field, "" if it is not there. `name` in lower case.
std::string Field(const std::string& head, const std::string& name) {
  const std::string start = "\r\n" + name + ":";
  const size_t at = head.find(start);
  if (at == std::string::npos) return "";
  size_t from = at + start.size();
  while (head[from] == ' ') ++from;
  return head.substr(from, head.find("\r\n", from) - from);
}

int64_t Number(const std::string& text) { return text.empty() ? -1 : std::atoll(text.c_str()); }

}  // namespace

Client::Client(Client&& other) noexcept
    : address_(other.address_), fd_(std::exchange(other.fd_, -1)), in_(std::move(other.in_)) {}

void Client::Close() {
  if (fd_ >= 0) close(fd_);
  fd_ = -1;
  in_.clear();
}

bool Client::Connect() {
  const size_t colon = address_.rfind(':');
  sockaddr_in to{};
  to.sin_family = AF_INET;
  to.sin_port = htons(static_cast<uint16_t>(std::atoi(address_.c_str() + colon + 1)));
  inet_pton(AF_INET, address_.substr(0, colon).c_str(), &to.sin_addr);
  fd_ = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  const int on = 1;
  setsockopt(fd_, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  setsockopt(fd_, SOL_SOCKET, SO_RCVTIMEO, &kPatience, sizeof kPatience);
  if (connect(fd_, reinterpret_cast<sockaddr*>(&to), sizeof to) == 0) return true;
  const int error = errno;
  Close();
  errno = error;
  return false;
}

Response Client::Get(const std::string& path) {
  if (fd_ < 0 && !Connect()) return {.error = std::string("connect: ") + std::strerror(errno)};
  const std::string request = "GET " + path + " HTTP/1.1\r\nhost: demo.test\r\n\r\n";
  if (send(fd_, request.data(), request.size(), MSG_NOSIGNAL) != static_cast<ssize_t>(request.size())) {
    const std::string error = std::string("send: ") + std::strerror(errno);
    Close();
    return {.error = error};
  }
  Response response = Read();
  if (response.status == 0 || response.closes) Close();
  return response;
}

std::string Client::GetText(const std::string& path) { return Get(path).text; }

Response Client::Read() {
  char bytes[4096];
  for (;;) {
    const size_t end = in_.find("\r\n\r\n");
    if (end != std::string::npos) {
      const std::string head = in_.substr(0, end + 2);
      const size_t length = static_cast<size_t>(std::max<int64_t>(0, Number(Field(head, "content-length"))));
      if (in_.size() >= end + 4 + length) {
        Response response;
        response.status = std::atoi(head.c_str() + sizeof "HTTP/1.1");
        response.header = Number(Field(head, "rev"));
        response.text = in_.substr(end + 4, length);
        response.body = Number(response.text);
        response.closes = Field(head, "connection") == "close";
        if (response.status != 200) response.error = in_.substr(0, end + 4 + length);
        in_.erase(0, end + 4 + length);
        return response;
      }
    }
    const ssize_t n = recv(fd_, bytes, sizeof bytes, 0);
    if (n <= 0) return {.error = n == 0 ? "the connection was closed" : std::string("recv: ") + std::strerror(errno)};
    in_.append(bytes, n);
  }
}

Load::Load(Options options) : options_(std::move(options)) {
  for (int i = 0; i < options_.threads; ++i) threads_.emplace_back([this, i] { Run(i); });
}

void Load::Stop() {
  stop_ = true;
  for (std::thread& thread : threads_) thread.join();
  threads_.clear();
}

std::vector<std::string> Load::errors() {
  const std::lock_guard lock(mutex_);
  return errors_;
}

void Load::Fail(std::string text) {
  ++failures_;
  const std::lock_guard lock(mutex_);
  if (errors_.size() < 10) errors_.push_back(std::move(text));
}

std::string Load::Judge(const Response& response, int64_t last) const {
  if (response.status == 0) return "no response: " + response.error;
  if (response.status != 200) return "status " + std::to_string(response.status) + ": " + response.error;
  if (response.header != response.body) {
    return "two revisions in one response: route " + std::to_string(response.header) + ", backend " +
           std::to_string(response.body);
  }
  if (response.header < last) {
    return "went back on one connection: " + std::to_string(response.header) + " after " + std::to_string(last);
  }
  return "";
}

void Load::Run(int thread) {
  Client client(options_.addresses[thread % options_.addresses.size()]);
  const auto period = std::chrono::duration_cast<Clock::duration>(
      std::chrono::duration<double>(options_.threads / options_.requests_per_second));
  Clock::time_point due = Clock::now() + period * thread / options_.threads;
  int64_t last = -1;
  for (int on_connection = 0; !stop_; due += period) {
    std::this_thread::sleep_until(due);
    if (!client.connected() || on_connection == options_.connection_requests) {
      client.Close();
      last = -1;
      on_connection = 0;
    }
    ++on_connection;
    const Response response = client.Get(options_.path);
    ++requests_;
    if (std::string wrong = Judge(response, last); !wrong.empty()) Fail(std::move(wrong));
    last = std::max(last, response.header);
    const int64_t us = std::chrono::duration_cast<std::chrono::microseconds>(Clock::now() - due).count();
    int64_t slowest = slowest_us_;
    while (us > slowest && !slowest_us_.compare_exchange_weak(slowest, us)) {
    }
  }
}

}  // namespace sluice::mainjob
