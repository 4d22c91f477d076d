// Requests: bodies, windows of the peer, trailers, lengths.
#include "test/dataplane/http2/client_fixture.h"

namespace sluice::http2 {
namespace {

using http::EndStream;
using http::StreamError;
using http::StreamId;
using test::StreamRecorder;

class ClientSendingTest : public ClientFixture {};

TEST_F(ClientSendingTest, SendsABodyOfKnownLength) {
  http::Head& head = NewHead("POST", "/up");
  head.framing = http::BodyFraming::kLength;
  head.content_length = 5;
  const StreamId id = codec().OpenStream(NewRecorder());
  codec().SendHead(id, head, EndStream::kNo);
  SendBody(id, "he");
  Run();
  EXPECT_EQ(peer().requests[1].body, "he");
  EXPECT_FALSE(peer().requests[1].ended);
  SendBody(id, "llo", EndStream::kYes);
  Run();
  EXPECT_EQ(peer().requests[1].Get("content-length"), "5");
  EXPECT_EQ(peer().requests[1].body, "hello");
  EXPECT_TRUE(peer().requests[1].ended);
}

TEST_F(ClientSendingTest, SendsABodyThatEndsLater) {
  const StreamId id = Post(NewRecorder());
  Run();
  SendBody(id, "a");
  SendBody(id, "b");
  Run();
  SendBody(id, "", EndStream::kYes);
  Run();
  EXPECT_EQ(peer().requests[1].body, "ab");
  EXPECT_TRUE(peer().requests[1].ended);
  EXPECT_EQ(peer().requests[1].Get("content-length"), "");
}

TEST_F(ClientSendingTest, SendsTrailersBehindTheBody) {
  const StreamId id = Post(NewRecorder());
  SendBody(id, "payload");
  {
    buffer::Arena arena(pool_);
    http::Head trailers(arena);
    trailers.Append("X-Sum", "12");
    trailers.Append("content-length", "7");
    codec().SendTrailers(id, trailers);
  }  // they may go before they are sent
  Run();
  EXPECT_EQ(peer().requests[1].body, "payload");
  EXPECT_EQ(peer().requests[1].trailers, (test::H2Fields{{"x-sum", "12"}}));
  EXPECT_TRUE(peer().requests[1].ended);
}

TEST_F(ClientSendingTest, MovesBodyBytesWithoutCopyingThem) {
  const StreamId id = Post(NewRecorder());
  Run();
  const std::string big(10'000, 'x');
  buffer::Slice slice = buffer::Slice::Copy(pool_, big);
  const char* const bytes = slice.data();
  buffer::Buffer data;
  data.Append(std::move(slice));
  codec().SendBody(id, data, EndStream::kYes);
  buffer::Buffer out;
  codec().TakeOutput(out);
  bool found = false;
  while (!out.empty()) {
    found = found || out.front().data() == bytes;
    out.PopFront();
  }
  EXPECT_TRUE(found);
}

TEST_F(ClientSendingTest, WaitsForThePeersWindowAndSaysWhenThereIsRoom) {
  StartPeer({.stream_window = 1000, .refill_windows = false});
  Run();
  StreamRecorder& recorder = NewRecorder();
  const StreamId id = Post(recorder);
  const std::string body(40'000, 'b');
  SendBody(id, body);
  Run();
  EXPECT_EQ(peer().requests[1].body.size(), 1000u);
  EXPECT_EQ(codec().QueuedBytes(id), 39'000u);
  EXPECT_EQ(recorder.sendable, 0);

  while (codec().QueuedBytes(id) > options_.high_mark / 2) {
    ASSERT_EQ(recorder.sendable, 0);
    peer().Consume(1, 1000);
    Run();
  }
  EXPECT_EQ(recorder.sendable, 1);
  SendBody(id, "", EndStream::kYes);
  for (int i = 0; i < 40; ++i) {
    peer().Consume(1, 1000);
    Run();
  }
  EXPECT_EQ(peer().requests[1].body, body);
  EXPECT_TRUE(peer().requests[1].ended);
  EXPECT_EQ(recorder.sendable, 1);
  EXPECT_FALSE(peer().connection_error);
}

TEST_F(ClientSendingTest, ASenderThatRefillsInOnSendableIsNotStarved) {
  StreamRecorder& recorder = NewRecorder();
  const StreamId id = Post(recorder);
  const std::string piece(40'000, 'p');
  int left = 20;
  recorder.on_sendable = [&] {
    if (left-- > 0) SendBody(id, piece, EndStream(left == 0));
  };
  SendBody(id, piece);
  for (int i = 0; i < 200 && !peer().requests[1].ended; ++i) Run();
  EXPECT_TRUE(peer().requests[1].ended);
  EXPECT_EQ(peer().requests[1].body.size(), 21u * 40'000);
}

TEST_F(ClientSendingTest, StreamsShareTheConnectionFairlyEnough) {
  StartPeer({.stream_window = 1'000'000});
  Run();
  const StreamId big = Post(NewRecorder());
  SendBody(big, std::string(60'000, 'x'), EndStream::kYes);
  const StreamId small = Post(NewRecorder());
  SendBody(small, "tiny", EndStream::kYes);
  Run();
  EXPECT_TRUE(peer().requests[1].ended);
  EXPECT_TRUE(peer().requests[3].ended);
}

TEST_F(ClientSendingTest, ABodyShorterThanAnnouncedIsNeverEndedCleanly) {
  StreamRecorder& recorder = NewRecorder();
  http::Head& head = NewHead("POST", "/");
  head.framing = http::BodyFraming::kLength;
  head.content_length = 10;
  const StreamId id = codec().OpenStream(recorder);
  codec().SendHead(id, head, EndStream::kNo);
  Run();
  SendBody(id, "short", EndStream::kYes);
  Run();
  EXPECT_FALSE(peer().requests[1].ended);
  EXPECT_EQ(peer().requests[1].reset, 8u);
  EXPECT_EQ(recorder.text(), "reset bad_content_length\n");
  EXPECT_TRUE(codec().idle());
}

TEST_F(ClientSendingTest, ABodyLongerThanAnnouncedIsNeverEndedCleanly) {
  StreamRecorder& recorder = NewRecorder();
  http::Head& head = NewHead("POST", "/");
  head.framing = http::BodyFraming::kLength;
  head.content_length = 3;
  const StreamId id = codec().OpenStream(recorder);
  codec().SendHead(id, head, EndStream::kNo);
  SendBody(id, "abc");
  Run();
  SendBody(id, "d");
  Run();
  EXPECT_EQ(peer().requests[1].body, "abc");
  EXPECT_FALSE(peer().requests[1].ended);
  EXPECT_EQ(peer().requests[1].reset, 8u);
  EXPECT_EQ(recorder.text(), "reset bad_content_length\n");
}

TEST_F(ClientSendingTest, TheResponseMayComeBeforeTheRequestIsComplete) {
  StreamRecorder& recorder = NewRecorder();
  const StreamId id = Post(recorder);
  SendBody(id, "half");
  Run();
  peer().Respond(1, "413", "too much");
  recorder.on_end = [&] { codec().ResetStream(id); };
  Run();
  EXPECT_EQ(recorder.text(), "head 413\nbody too much\nend\n");
  EXPECT_TRUE(codec().idle());
  EXPECT_EQ(peer().requests[1].reset, 8u);
  SendBody(id, "other half", EndStream::kYes);
  EXPECT_EQ(Run(), StreamError::kNone);
  EXPECT_EQ(peer().requests[1].body, "half");
}

TEST_F(ClientSendingTest, APeerThatStopsTheRequestAfterItsAnswerIsNoFailure) {
  StreamRecorder& recorder = NewRecorder();
  const StreamId id = Post(recorder);
  Run();
  peer().Respond(1, "200", "done");
  Run();
  peer().Reset(1, 0);  // NO_ERROR (RFC 9113 8.1)
  SendBody(id, "x", EndStream::kYes);
  Run();
  EXPECT_EQ(recorder.text(), "head 200\nbody done\nend\n");
  EXPECT_TRUE(codec().idle());
}

TEST_F(ClientSendingTest, AStreamHoldsNoMemoryForAHeadThatWasSent) {
  Run();
  http::Head& head = NewHead("POST", "/");
  head.framing = http::BodyFraming::kStream;
  const size_t before = pool_.bytes_in_use();
  const StreamId id = codec().OpenStream(NewRecorder());
  codec().SendHead(id, head, EndStream::kNo);
  TakeOutput();
  EXPECT_EQ(pool_.bytes_in_use(), before);
}

TEST_F(ClientSendingTest, WindowUpdatesOfALongUploadAreNoFlood) {
  Feed(test::H2Settings());
  const StreamId id = Post(NewRecorder());
  std::string updates = test::H2Frame(test::H2Type::kWindowUpdate, 0, 0, test::H2Uint32(50));
  updates += test::H2Frame(test::H2Type::kWindowUpdate, 0, 1, test::H2Uint32(50));
  for (int i = 0; i < 9; ++i) {
    updates += test::H2Frame(test::H2Type::kWindowUpdate, 0, 1, test::H2Uint32(1));
  }
  for (int i = 0; i < 20'000; ++i) {
    SendBody(id, std::string(50, 'x'));
    TakeOutput();
    ASSERT_EQ(Feed(updates), StreamError::kNone) << i;
  }
}

TEST_F(ClientSendingTest, AHugeHeadIsRefusedAndTheConnectionGoesOn) {
  StreamRecorder& recorder = NewRecorder();
  http::Head& head = NewHead("GET", "/");
  head.Append("x", std::string(300 * 1024, 'x'));
  const StreamId id = codec().OpenStream(recorder);
  codec().SendHead(id, head, EndStream::kYes);
  Run();
  EXPECT_EQ(recorder.text(), "reset head_too_large\n");
  StreamRecorder& next = NewRecorder();
  Get(next);
  Run();
  ASSERT_EQ(peer().requests.size(), 1u);
  peer().Respond(peer().requests.begin()->first, "200", "x");
  Run();
  EXPECT_EQ(next.ends, 1);
}

}  // namespace
}  // namespace sluice::http2
