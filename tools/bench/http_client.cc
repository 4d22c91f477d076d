#include "tools/bench/http_client.h"

#include <strings.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <charconv>

namespace sluice::bench {
namespace {

constexpr size_t kMaxHeadBytes = 64u << 10;

bool SameName(std::string_view a, std::string_view b) {
  return a.size() == b.size() && strncasecmp(a.data(), b.data(), a.size()) == 0;
}

}  // namespace

HttpClient::~HttpClient() { close(fd_); }

bool HttpClient::Send(std::string_view request, uint64_t due_ns) {
  busy_ = true;
  due_ns_ = due_ns;
  return send(fd_, request.data(), request.size(), MSG_NOSIGNAL) ==
         static_cast<ssize_t>(request.size());
}

ClientEvent HttpClient::Read(std::span<char> scratch) {
  for (;;) {
    const ssize_t got = recv(fd_, scratch.data(), scratch.size(), 0);
    if (got == 0) return ClientEvent::kClosed;
    if (got < 0) return errno == EAGAIN ? ClientEvent::kNothing : ClientEvent::kClosed;
    bytes_read_ += static_cast<uint64_t>(got);
    if (!busy_) return ClientEvent::kMalformed;  // bytes nobody asked for
    const ClientEvent event = Consume({scratch.data(), static_cast<size_t>(got)});
    if (event != ClientEvent::kNothing) return event;
    if (static_cast<size_t>(got) < scratch.size()) return ClientEvent::kNothing;
  }
}

ClientEvent HttpClient::Consume(std::string_view bytes) {
  if (!in_body_) {
    // The usual case, a whole head in one read, is parsed in place.
    const size_t before = head_.size();
    if (before != 0) head_.append(bytes);
    const std::string_view seen = before != 0 ? std::string_view(head_) : bytes;
    const size_t end = seen.find("\r\n\r\n");
    if (end == std::string_view::npos) {
      if (before == 0) head_.assign(bytes);
      return head_.size() > kMaxHeadBytes ? ClientEvent::kMalformed : ClientEvent::kNothing;
    }
    if (!ParseHead(seen.substr(0, end + 2))) return ClientEvent::kMalformed;
    bytes.remove_prefix(end + 4 - before);
    head_.clear();
    in_body_ = true;
  }
  if (bytes.size() > body_left_) return ClientEvent::kMalformed;
  body_left_ -= bytes.size();
  if (body_left_ != 0) return ClientEvent::kNothing;
  in_body_ = false;
  busy_ = false;
  return status_ == 200 ? ClientEvent::kResponse : ClientEvent::kStatus;
}

bool HttpClient::ParseHead(std::string_view head) {
  if (!head.starts_with("HTTP/1.1 ") || head.size() < 12) return false;
  std::from_chars(head.data() + 9, head.data() + 12, status_);
  bool framed = false;
  for (size_t at = head.find("\r\n") + 2; at < head.size();) {
    const size_t end = head.find("\r\n", at);
    const std::string_view line = head.substr(at, end - at);
    at = end + 2;
    const size_t colon = line.find(':');
    if (colon == std::string_view::npos) return false;
    if (!SameName(line.substr(0, colon), "content-length")) continue;
    const size_t digits = line.find_first_not_of(' ', colon + 1);
    if (digits == std::string_view::npos) return false;
    framed = std::from_chars(line.data() + digits, line.data() + line.size(), body_left_).ec ==
             std::errc();
  }
  return framed;
}

}  // namespace sluice::bench
