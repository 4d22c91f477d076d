// Writes down, as text, what a codec says about one stream or about the connection. Body bytes are
// joined, so that the same message cut in two ways gives the same record. Thread: the test's.
#pragma once

#include <deque>
#include <functional>
#include <string>
#include <string_view>

#include "dataplane/http/codec.h"

namespace sluice::test {

// "200 {name: value} {name: value}", or "GET http authority/path?query {...}"; live lines only.
std::string Describe(const http::Head& head);

class StreamRecorder final : public http::StreamEvents {
 public:
  explicit StreamRecorder(buffer::BlockPool& pool) : arena_(pool) {}

  // One line per event.
  std::string text() const { return record_ + Body(); }
  // How often each of these happened.
  int ends = 0;
  int resets = 0;
  int sendable = 0;
  size_t body_bytes = 0;
  http::StreamError error = http::StreamError::kNone;
  // Called inside the event, after it was written down.
  std::function<void()> on_head;
  std::function<void()> on_body;
  std::function<void()> on_end;
  std::function<void()> on_reset;
  std::function<void()> on_sendable;
  // The newest of kMain; nullptr before it.
  http::Head* head() { return head_; }

  http::Head& NewHead(HeadKind kind) override;
  void OnHead(http::EndStream end) override;
  void OnInformational() override;
  void OnBody(buffer::Buffer& data) override;
  void OnTrailers() override;
  void OnEnd() override;
  void OnReset(http::StreamError error) override;
  void OnSendable() override;

 private:
  void Line(std::string_view line);
  std::string Body() const;

  buffer::Arena arena_;
  std::deque<http::Head> heads_;
  http::Head* head_ = nullptr;
  std::string record_;
  std::string body_;
};

class ConnectionRecorder final : public http::ConnectionEvents {
 public:
  int last_streams = 0;
  int outputs = 0;
  // A server codec's next stream; nullptr refuses it.
  http::StreamEvents* next_stream = nullptr;
  http::StreamId stream = 0;

  http::StreamEvents* OnStream(http::StreamId id) override {
    stream = id;
    return next_stream;
  }
  void OnLastStream() override { ++last_streams; }
  void OnOutput() override { ++outputs; }
};

}  // namespace sluice::test
