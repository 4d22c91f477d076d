// The contract of a client codec (dataplane/http/codec.h), as tests that every implementation
// passes in the same words. Include it in one test file, implement CodecPeer for the protocol and
// instantiate CodecContract with a function that makes one.
#pragma once

#include <gtest/gtest.h>

#include <deque>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "dataplane/http/codec.h"
#include "test/support/stream_recorder.h"

namespace sluice::test {

// A client codec and the server at the other end of its connection.
class CodecPeer {
 public:
  struct Request {
    std::string method;
    std::string path;
    std::string field;  // the value of "x-test"
    std::string body;
    bool ended = false;
  };
  virtual ~CodecPeer() = default;
  virtual http::Codec& codec() = 0;
  // Bytes of the codec to the server, and of the server to the codec, `step` at a time (0: whole),
  // until neither has any; then the codec's error.
  virtual http::StreamError Run(size_t step) = 0;
  // The newest request.
  virtual Request request() = 0;

  // The answer to it. `length` < 0: not announced.
  virtual void SendInformational(uint16_t status) = 0;
  virtual void SendHead(uint16_t status, std::string_view x_test, int64_t length, bool end) = 0;
  virtual void SendBody(std::string_view bytes, bool end) = 0;
  // Ends a body without length with one trailer.
  virtual void SendTrailer(std::string_view name, std::string_view value) = 0;
  // Bytes that are nothing in this protocol.
  virtual std::string Garbage() = 0;
};

using CodecPeerFactory =
    std::function<std::unique_ptr<CodecPeer>(buffer::BlockPool&, http::ConnectionEvents&)>;

class CodecContract : public ::testing::TestWithParam<CodecPeerFactory> {
 protected:
  CodecContract() { Begin(); }
  void Begin() { peer_ = GetParam()(pool_, connection_); }
  http::Codec& codec() { return peer_->codec(); }
  http::StreamError Run(size_t step = 0) { return peer_->Run(step); }
  StreamRecorder& NewRecorder() { return recorders_.emplace_back(pool_); }

  http::Head& NewHead(std::string_view method, http::BodyFraming framing, uint64_t length = 0) {
    http::Head& head = heads_.emplace_back(arena_);
    head.method = http::LookupMethod(method);
    head.method_text = method;
    head.path = "/path";
    head.query = "q=1";
    head.has_query = true;
    head.authority = "up";
    head.scheme = "http";
    head.framing = framing;
    head.content_length = length;
    head.Append("x-test", "asked");
    head.Append("connection", "keep-alive");
    return head;
  }
  http::StreamId Ask(StreamRecorder& recorder, std::string_view method = "GET") {
    const http::StreamId id = codec().OpenStream(recorder);
    codec().SendHead(id, NewHead(method, http::BodyFraming::kNone), http::EndStream::kYes);
    return id;
  }
  void SendBody(http::StreamId id, std::string_view bytes, http::EndStream end) {
    buffer::Buffer data;
    data.AppendCopy(pool_, bytes);
    codec().SendBody(id, data, end);
    EXPECT_TRUE(data.empty());
  }
  // A record without the fields that frame a message, which differ by protocol.
  static std::string Events(const StreamRecorder& recorder) {
    std::string text = recorder.text();
    for (std::string_view name : {" {content-length: ", " {transfer-encoding: "}) {
      for (size_t at; (at = text.find(name)) != std::string::npos;) {
        text.erase(at, text.find('}', at) + 1 - at);
      }
    }
    return text;
  }

  buffer::BlockPool pool_;
  ConnectionRecorder connection_;
  buffer::Arena arena_{pool_};
  std::deque<http::Head> heads_;
  std::deque<StreamRecorder> recorders_;
  std::unique_ptr<CodecPeer> peer_;
};

TEST_P(CodecContract, ExchangesMessagesWithoutBodies) {
  StreamRecorder& recorder = NewRecorder();
  EXPECT_TRUE(codec().idle());
  const http::StreamId id = Ask(recorder);
  EXPECT_NE(id, 0u);
  EXPECT_FALSE(codec().idle());
  Run();
  EXPECT_EQ(peer_->request().method, "GET");
  EXPECT_EQ(peer_->request().path, "/path?q=1");
  EXPECT_EQ(peer_->request().field, "asked");
  EXPECT_TRUE(peer_->request().ended);
  peer_->SendHead(204, "answered", -1, true);
  EXPECT_EQ(Run(), http::StreamError::kNone);
  EXPECT_EQ(Events(recorder), "head 204 {x-test: answered} end\nend\n");
  EXPECT_TRUE(codec().idle());
  EXPECT_TRUE(codec().reusable());
}

TEST_P(CodecContract, SendsABodyOfKnownLengthInPieces) {
  StreamRecorder& recorder = NewRecorder();
  const http::StreamId id = codec().OpenStream(recorder);
  codec().SendHead(id, NewHead("PUT", http::BodyFraming::kLength, 6), http::EndStream::kNo);
  SendBody(id, "abc", http::EndStream::kNo);
  Run();
  EXPECT_EQ(peer_->request().body, "abc");
  EXPECT_FALSE(peer_->request().ended);
  SendBody(id, "def", http::EndStream::kYes);
  Run();
  EXPECT_EQ(peer_->request().body, "abcdef");
  EXPECT_TRUE(peer_->request().ended);
  EXPECT_EQ(codec().QueuedBytes(id), 0u);
}

TEST_P(CodecContract, SendsABodyWithoutLength) {
  const http::StreamId id = codec().OpenStream(NewRecorder());
  codec().SendHead(id, NewHead("POST", http::BodyFraming::kStream), http::EndStream::kNo);
  SendBody(id, "one", http::EndStream::kNo);
  SendBody(id, "", http::EndStream::kNo);
  SendBody(id, "two", http::EndStream::kNo);
  SendBody(id, "", http::EndStream::kYes);
  Run();
  EXPECT_EQ(peer_->request().body, "onetwo");
  EXPECT_TRUE(peer_->request().ended);
}

TEST_P(CodecContract, GivesTheSameEventsHoweverTheInputIsCut) {
  const auto record = [&](size_t step) {
    Begin();
    StreamRecorder& recorder = NewRecorder();
    Ask(recorder);
    Run();
    peer_->SendInformational(103);
    peer_->SendHead(200, "answered", -1, false);
    peer_->SendBody("some ", false);
    peer_->SendBody("body", false);
    peer_->SendTrailer("x-sum", "9");
    EXPECT_EQ(Run(step), http::StreamError::kNone);
    EXPECT_TRUE(codec().idle());
    return Events(recorder);
  };
  const std::string whole = record(0);
  EXPECT_EQ(whole,
            "informational 103\nhead 200 {x-test: answered}\nbody some body\n"
            "trailers {x-sum: 9}\nend\n");
  for (size_t step = 1; step < 50; ++step) EXPECT_EQ(record(step), whole) << step;
}

TEST_P(CodecContract, TheAnswerToHeadTellsALengthAndHasNoBody) {
  StreamRecorder& recorder = NewRecorder();
  Ask(recorder, "HEAD");
  Run();
  peer_->SendHead(200, "answered", 1000, true);
  EXPECT_EQ(Run(), http::StreamError::kNone);
  EXPECT_EQ(Events(recorder), "head 200 {x-test: answered} end\nend\n");
  EXPECT_EQ(recorder.head()->framing, http::BodyFraming::kLength);
  EXPECT_EQ(recorder.head()->content_length, 1000u);
}

TEST_P(CodecContract, TheNextStreamMayBeOpenedFromInsideOnEnd) {
  StreamRecorder& first = NewRecorder();
  StreamRecorder& second = NewRecorder();
  Ask(first);
  Run();
  bool idle = false;
  http::StreamId next = 0;
  first.on_end = [&] {
    idle = codec().idle() && codec().reusable();
    next = Ask(second);
  };
  peer_->SendHead(200, "answered", 2, false);
  peer_->SendBody("hi", true);
  EXPECT_EQ(Run(), http::StreamError::kNone);
  EXPECT_TRUE(idle);
  EXPECT_NE(next, 0u);
  peer_->SendHead(204, "again", -1, true);
  EXPECT_EQ(Run(), http::StreamError::kNone);
  EXPECT_EQ(Events(second), "head 204 {x-test: again} end\nend\n");
}

TEST_P(CodecContract, SaysNothingOfAStreamAfterItsReset) {
  for (const int when : {0, 1, 2}) {
    Begin();
    StreamRecorder& recorder = NewRecorder();
    const http::StreamId id = Ask(recorder);
    Run();
    const auto reset = [&] { codec().ResetStream(id); };
    if (when == 0) reset();
    if (when == 1) recorder.on_head = reset;
    if (when == 2) recorder.on_body = reset;
    peer_->SendHead(200, "answered", 10, false);
    peer_->SendBody("0123456789", true);
    Run();
    EXPECT_EQ(recorder.ends + recorder.resets, 0) << when;
    codec().ResetStream(id);
    SendBody(id, "ignored", http::EndStream::kYes);
    EXPECT_EQ(recorder.ends + recorder.resets, 0) << when;
  }
}

TEST_P(CodecContract, APausedStreamIsHeldAndGoesOnWhenResumed) {
  StreamRecorder& recorder = NewRecorder();
  const http::StreamId id = Ask(recorder);
  Run();
  recorder.on_head = [&] { codec().PauseReceiving(id, true); };
  const std::string body(2'000'000, 'b');
  peer_->SendHead(200, "answered", static_cast<int64_t>(body.size()), false);
  peer_->SendBody(body, true);
  Run();
  EXPECT_LE(recorder.body_bytes, 64u * 1024);
  EXPECT_EQ(recorder.ends, 0);
  codec().PauseReceiving(id, false);
  EXPECT_EQ(Run(), http::StreamError::kNone);
  EXPECT_EQ(recorder.body_bytes, body.size());
  EXPECT_EQ(recorder.ends, 1);
}

TEST_P(CodecContract, AnEndInsideAMessageIsAReset) {
  for (const bool with_head : {false, true}) {
    Begin();
    StreamRecorder& recorder = NewRecorder();
    Ask(recorder);
    Run();
    if (with_head) {
      peer_->SendHead(200, "answered", 10, false);
      peer_->SendBody("short", false);
      Run();
    }
    EXPECT_EQ(codec().FeedEnd().error, http::StreamError::kEarlyEnd);
    EXPECT_EQ(recorder.resets, 1);
    EXPECT_EQ(recorder.error, http::StreamError::kEarlyEnd);
    EXPECT_EQ(recorder.ends, 0);
    EXPECT_FALSE(codec().reusable());
    EXPECT_EQ(codec().AvailableStreams(), 0u);
  }
}

TEST_P(CodecContract, AnEndBetweenMessagesIsNoError) {
  StreamRecorder& recorder = NewRecorder();
  Ask(recorder);
  Run();
  peer_->SendHead(204, "answered", -1, true);
  Run();
  EXPECT_EQ(codec().FeedEnd().error, http::StreamError::kNone);
  EXPECT_EQ(recorder.resets, 0);
  EXPECT_FALSE(codec().reusable());
  EXPECT_EQ(codec().OpenStream(recorder), 0u);
}

TEST_P(CodecContract, AResponseMayCompleteBeforeItsRequest) {
  StreamRecorder& recorder = NewRecorder();
  const http::StreamId id = codec().OpenStream(recorder);
  codec().SendHead(id, NewHead("PUT", http::BodyFraming::kLength, 100), http::EndStream::kNo);
  SendBody(id, "begin", http::EndStream::kNo);
  Run();
  recorder.on_end = [&] { codec().ResetStream(id); };
  peer_->SendHead(413, "answered", 2, false);
  peer_->SendBody("no", true);
  EXPECT_EQ(Run(), http::StreamError::kNone);
  EXPECT_EQ(Events(recorder), "head 413 {x-test: answered}\nbody no\nend\n");
  SendBody(id, "more", http::EndStream::kYes);
  Run();
  EXPECT_EQ(recorder.resets, 0);
}

TEST_P(CodecContract, GarbageEndsTheConnectionAndItsStreams) {
  StreamRecorder& recorder = NewRecorder();
  Ask(recorder);
  Run();
  buffer::Buffer in;
  in.AppendCopy(pool_, peer_->Garbage());
  EXPECT_NE(codec().Feed(in).error, http::StreamError::kNone);
  EXPECT_EQ(recorder.resets, 1);
  EXPECT_EQ(recorder.ends, 0);
  EXPECT_FALSE(codec().reusable());
  EXPECT_EQ(codec().AvailableStreams(), 0u);
}

}  // namespace sluice::test
