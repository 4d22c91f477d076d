// One keep-alive HTTP/1.1 client connection of the load client: sends prepared
// requests, finds the end of each response, keeps the time.
//
// Understands what a proxy answers to our GETs: a status line and a
// content-length. A chunked or unframed response is an error that says so.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace sluice::bench {

enum class ClientEvent {
  kNothing,   // the response is not complete yet
  kResponse,  // a 200 is complete; the connection is free again
  kStatus,    // a complete response with another status; free again
  kClosed,    // the peer closed or reset it
  kMalformed, // not a response we understand
};

class HttpClient {
 public:
  explicit HttpClient(int fd) : fd_(fd) {}
  ~HttpClient();
  HttpClient(const HttpClient&) = delete;
  HttpClient& operator=(const HttpClient&) = delete;

  int fd() const { return fd_; }
  bool busy() const { return busy_; }
  // When the request in flight was due (CLOCK_MONOTONIC): latency counts from here.
  uint64_t due_ns() const { return due_ns_; }
  int last_status() const { return status_; }

  // Requires !busy(). `request` must fit the socket's send buffer, which any
  // GET head does; false when it did not go out whole.
  bool Send(std::string_view request, uint64_t due_ns);
  // Reads what has come. `scratch` is shared by all connections.
  ClientEvent Read(std::span<char> scratch);
  // Bytes of responses read so far, heads included.
  uint64_t bytes_read() const { return bytes_read_; }

 private:
  ClientEvent Consume(std::string_view bytes);
  bool ParseHead(std::string_view head);

  int fd_;
  bool busy_ = false;
  uint64_t due_ns_ = 0;
  std::string head_;         // of the response in flight, until it is complete
  bool in_body_ = false;
  size_t body_left_ = 0;
  int status_ = 0;
  uint64_t bytes_read_ = 0;
};

}  // namespace sluice::bench
