// A ClientCodec against a real server session, or against frames made by hand.
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <deque>
#include <memory>
#include <string>
#include <string_view>

#include "dataplane/http2/client_codec.h"
#include "test/support/h2_frames.h"
#include "test/support/h2_peer.h"
#include "test/support/stream_recorder.h"

namespace sluice::http2 {

class ClientFixture : public ::testing::Test {
 protected:
  // Before the first use of the codec.
  void StartPeer(const test::H2Peer::Options& options) {
    peer_ = std::make_unique<test::H2Peer>(options);
  }
  test::H2Peer& peer() {
    if (peer_ == nullptr) StartPeer({});
    return *peer_;
  }
  ClientCodec& codec() {
    if (codec_ == nullptr) codec_ = std::make_unique<ClientCodec>(pool_, connection_, options_);
    return *codec_;
  }

  // Bytes of the peer, `step` at a time (0: whole).
  http::StreamError Feed(std::string_view bytes, size_t step = 0) {
    http::StreamError error = http::StreamError::kNone;
    while (!bytes.empty() && error == http::StreamError::kNone) {
      const size_t n = step == 0 ? bytes.size() : std::min(step, bytes.size());
      buffer::Buffer in;
      in.AppendCopy(pool_, bytes.substr(0, n));
      bytes.remove_prefix(n);
      error = codec().Feed(in).error;
    }
    return error;
  }
  std::string TakeOutput() {
    buffer::Buffer out;
    codec().TakeOutput(out);
    return out.ToString();
  }
  // Carries bytes both ways until neither side has any; then the codec's error.
  http::StreamError Run(size_t step = 0) {
    for (;;) {
      const std::string up = TakeOutput();
      if (!up.empty()) peer().Receive(up);
      const std::string down = peer().TakeOutput();
      const http::StreamError error = Feed(down, step);
      if (error != http::StreamError::kNone || (up.empty() && down.empty())) return error;
    }
  }

  test::StreamRecorder& NewRecorder() { return recorders_.emplace_back(pool_); }
  // A request head of `path` at authority "up".
  http::Head& NewHead(std::string_view method, std::string_view path) {
    http::Head& head = heads_.emplace_back(arena_);
    head.method = http::LookupMethod(method);
    head.method_text = method;
    head.path = path;
    head.authority = "up";
    head.scheme = "http";
    return head;
  }
  http::StreamId Get(test::StreamRecorder& recorder, std::string_view path = "/") {
    const http::StreamId id = codec().OpenStream(recorder);
    codec().SendHead(id, NewHead("GET", path), http::EndStream::kYes);
    return id;
  }
  // A request whose body follows, without length.
  http::StreamId Post(test::StreamRecorder& recorder, std::string_view path = "/") {
    http::Head& head = NewHead("POST", path);
    head.framing = http::BodyFraming::kStream;
    const http::StreamId id = codec().OpenStream(recorder);
    codec().SendHead(id, head, http::EndStream::kNo);
    return id;
  }
  void SendBody(http::StreamId id, std::string_view bytes,
                http::EndStream end = http::EndStream::kNo) {
    buffer::Buffer data;
    data.AppendCopy(pool_, bytes);
    codec().SendBody(id, data, end);
  }

  buffer::BlockPool pool_;
  ClientOptions options_;
  test::ConnectionRecorder connection_;
  buffer::Arena arena_{pool_};
  std::deque<http::Head> heads_;
  std::deque<test::StreamRecorder> recorders_;
  std::unique_ptr<test::H2Peer> peer_;
  std::unique_ptr<ClientCodec> codec_;
};

}  // namespace sluice::http2
