// Responses: heads, bodies, trailers, windows of ours, and resets by the peer.
#include "test/dataplane/http2/client_fixture.h"

namespace sluice::http2 {
namespace {

using http::BodyFraming;
using http::EndStream;
using http::FieldId;
using http::StreamError;
using http::StreamId;
using test::H2Frame;
using test::H2Headers;
using test::H2Literal;
using test::H2Settings;
using test::H2Type;
using test::StreamRecorder;

class ClientReceivingTest : public ClientFixture {};

TEST_F(ClientReceivingTest, AHeadSaysWhatFollows) {
  StreamRecorder& length = NewRecorder();
  StreamRecorder& stream = NewRecorder();
  StreamRecorder& none = NewRecorder();
  Get(length);
  Get(stream);
  Get(none);
  Run();
  peer().SendHead(1, {{":status", "200"}, {"content-length", "3"}});
  peer().SendHead(3, {{":status", "200"}});
  peer().SendHead(5, {{":status", "204"}}, true);
  Run();
  EXPECT_EQ(length.head()->framing, BodyFraming::kLength);
  EXPECT_EQ(length.head()->content_length, 3u);
  EXPECT_EQ(length.head()->version, http::Version::kHttp2);
  EXPECT_EQ(stream.head()->framing, BodyFraming::kStream);
  EXPECT_EQ(none.head()->framing, BodyFraming::kNone);
  EXPECT_EQ(none.text(), "head 204 end\nend\n");
}

TEST_F(ClientReceivingTest, TheAnswerToHeadKeepsItsLengthAndHasNoBody) {
  StreamRecorder& recorder = NewRecorder();
  const StreamId id = codec().OpenStream(recorder);
  codec().SendHead(id, NewHead("HEAD", "/"), EndStream::kYes);
  Run();
  peer().SendHead(1, {{":status", "200"}, {"content-length", "1000"}}, true);
  Run();
  EXPECT_EQ(recorder.text(), "head 200 {content-length: 1000} end\nend\n");
  EXPECT_EQ(recorder.head()->framing, BodyFraming::kLength);
  EXPECT_EQ(recorder.head()->content_length, 1000u);
}

TEST_F(ClientReceivingTest, ABodyWhereThereMayBeNoneIsNeverSeen) {
  StreamRecorder& recorder = NewRecorder();
  const StreamId id = codec().OpenStream(recorder);
  codec().SendHead(id, NewHead("HEAD", "/"), EndStream::kYes);
  StreamRecorder& no_content = NewRecorder();
  Get(no_content);
  Run();
  Feed(H2Headers(1, std::string(test::kH2Status200) + H2Literal("content-length", "4")) +
       test::H2Data(1, "body", true));
  EXPECT_EQ(recorder.body_bytes, 0u);
  EXPECT_EQ(recorder.resets, 1);
  Feed(H2Headers(3, H2Literal(":status", "204")) + test::H2Data(3, "body", true));
  EXPECT_EQ(no_content.body_bytes, 0u);
  EXPECT_EQ(no_content.resets, 1);
  EXPECT_TRUE(codec().reusable());
}

TEST_F(ClientReceivingTest, KnownFieldsAreFoundByTheirNumber) {
  StreamRecorder& recorder = NewRecorder();
  Get(recorder);
  Run();
  peer().Respond(1, "200", "", {{"set-cookie", "a=1"}, {"set-cookie", "b=2"}, {"x-own", "v"}});
  Run();
  EXPECT_EQ(recorder.head()->Count(FieldId::kSetCookie), 2u);
  EXPECT_EQ(recorder.head()->Find("X-Own"), "v");
}

TEST_F(ClientReceivingTest, TrailersLoseWhatMayNotStandThere) {
  StreamRecorder& recorder = NewRecorder();
  Get(recorder);
  Run();
  peer().SendHead(1, {{":status", "200"}});
  peer().SendTrailers(1, {{"grpc-status", "0"}, {"set-cookie", "x"}, {"content-type", "y"}});
  Run();
  EXPECT_EQ(recorder.text(), "head 200\ntrailers {grpc-status: 0}\nend\n");
}

TEST_F(ClientReceivingTest, BodyBytesPointIntoTheInput) {
  StreamRecorder& recorder = NewRecorder();
  Get(recorder);
  Run();
  Feed(H2Headers(1, test::kH2Status200));
  const std::string frame = test::H2Data(1, std::string(5000, 'z'), true);
  buffer::Buffer in;
  in.Append(buffer::Slice::Copy(pool_, frame));
  const size_t before = pool_.bytes_in_use();
  size_t inside = 0;
  recorder.on_body = [&] { inside = pool_.bytes_in_use(); };
  EXPECT_EQ(codec().Feed(in).error, StreamError::kNone);
  EXPECT_EQ(inside, before);
  EXPECT_EQ(recorder.body_bytes, 5000u);
}

TEST_F(ClientReceivingTest, APausedStreamHoldsOneWindowAndTheOthersGoOn) {
  StreamRecorder& paused = NewRecorder();
  StreamRecorder& other = NewRecorder();
  const StreamId id = Get(paused);
  Get(other);
  Run();
  codec().PauseReceiving(id, true);
  const std::string body(3'000'000, 'b');
  peer().SendHead(1, {{":status", "200"}});
  peer().SendBody(1, body, true);
  Run();
  EXPECT_EQ(paused.body_bytes, 64u * 1024);
  peer().SendHead(3, {{":status", "200"}});
  peer().SendBody(3, body, true);
  Run();
  EXPECT_EQ(other.body_bytes, body.size());
  EXPECT_EQ(other.ends, 1);
  EXPECT_EQ(paused.body_bytes, 64u * 1024);

  codec().PauseReceiving(id, false);
  Run();
  EXPECT_EQ(paused.body_bytes, body.size());
  EXPECT_EQ(paused.ends, 1);
}

TEST_F(ClientReceivingTest, AStreamMayBePausedInsideItsBody) {
  StreamRecorder& recorder = NewRecorder();
  const StreamId id = Get(recorder);
  Run();
  bool once = true;
  recorder.on_body = [&] {
    if (std::exchange(once, false)) codec().PauseReceiving(id, true);
  };
  peer().SendHead(1, {{":status", "200"}});
  peer().SendBody(1, std::string(1'000'000, 'b'), true);
  Run();
  EXPECT_EQ(recorder.body_bytes, 64u * 1024);
  const int outputs = connection_.outputs;
  codec().PauseReceiving(id, false);
  EXPECT_EQ(connection_.outputs, outputs + 1);  // the window goes out
  Run();
  EXPECT_EQ(recorder.ends, 1);
}

TEST_F(ClientReceivingTest, PaddingIsGivenBackToTheWindows) {
  StreamRecorder& recorder = NewRecorder();
  Get(recorder);
  Run();
  Feed(H2Headers(1, test::kH2Status200));
  const std::string padded = std::string(1, '\xff') + "x" + std::string(255, '\0');
  for (int i = 0; i < 10'000; ++i) {
    ASSERT_EQ(Feed(H2Frame(H2Type::kData, test::kPaddedFlag, 1, padded)), StreamError::kNone) << i;
    TakeOutput();
  }
  EXPECT_EQ(recorder.body_bytes, 10'000u);
}

TEST_F(ClientReceivingTest, DataOfAResetStreamIsGivenBackToTheConnection) {
  StreamRecorder& recorder = NewRecorder();
  for (int i = 0; i < 40; ++i) {
    const StreamId id = Get(NewRecorder());
    Run();
    peer().SendHead(2 * i + 1, {{":status", "200"}});
    peer().SendBody(2 * i + 1, std::string(60'000, 'x'));
    const std::string late = peer().TakeOutput();
    codec().ResetStream(id);
    if (i % 2 == 0) peer().Receive(TakeOutput());  // before and after the reset has left
    ASSERT_EQ(Feed(late), StreamError::kNone);
    Run();
  }
  Get(recorder);
  Run();
  peer().Respond(81, "200", std::string(500'000, 'y'));
  Run();
  EXPECT_EQ(recorder.ends, 1);
}

TEST_F(ClientReceivingTest, ResetsByThePeerSayWhetherARetryIsSafe) {
  StreamRecorder& refused = NewRecorder();
  StreamRecorder& cancelled = NewRecorder();
  StreamRecorder& quiet = NewRecorder();
  Get(refused);
  Get(cancelled);
  Get(quiet);
  Run();
  peer().Reset(1, 7);  // REFUSED_STREAM
  peer().SendHead(3, {{":status", "200"}});
  peer().SendBody(3, "part");
  Run();
  peer().Reset(3, 2);  // INTERNAL_ERROR
  peer().Reset(5, 0);  // NO_ERROR, but nothing came
  EXPECT_EQ(Run(), StreamError::kNone);
  EXPECT_EQ(refused.text(), "reset refused\n");
  EXPECT_EQ(cancelled.text(), "head 200\nbody part\nreset peer_reset\n");
  EXPECT_EQ(quiet.text(), "reset peer_reset\n");
  EXPECT_TRUE(codec().idle());
  EXPECT_TRUE(codec().reusable());
}

TEST_F(ClientReceivingTest, AStormOfResetsLeavesNothingBehind) {
  for (int round = 0; round < 50; ++round) {
    for (int i = 0; i < 100; ++i) {
      ASSERT_NE(Get(NewRecorder()), 0u);
    }
    Run();
    for (int i = 0; i < 100; ++i) peer().Reset(2 * (100 * round + i) + 1, 2);
    ASSERT_EQ(Run(), StreamError::kNone);
    for (StreamRecorder& recorder : recorders_) ASSERT_EQ(recorder.resets, 1);
    recorders_.clear();
    peer().requests.clear();
    heads_.clear();
    arena_.Reset();
  }
  EXPECT_TRUE(codec().idle());
  EXPECT_EQ(codec().AvailableStreams(), 100u);
}

TEST_F(ClientReceivingTest, AStreamThatWasResetBetweenTwoPiecesOfItsHeadIsLeftAlone) {
  auto recorder = std::make_unique<StreamRecorder>(pool_);
  const StreamId id = Get(*recorder);
  Run();
  const std::string block = std::string(test::kH2Status200) + H2Literal("a", "1");
  const std::string rest = H2Literal("b", "2");
  Feed(H2Frame(H2Type::kHeaders, 0, 1, block));
  codec().ResetStream(id);
  recorder.reset();
  EXPECT_EQ(Feed(H2Frame(H2Type::kContinuation, test::kEndHeadersFlag, 1, rest)),
            StreamError::kNone);
}

TEST_F(ClientReceivingTest, TheTableOfFieldsStaysInStepOverIgnoredHeads) {
  const StreamId id = Get(NewRecorder());
  StreamRecorder& next = NewRecorder();
  Get(next);
  Run();
  codec().ResetStream(id);
  Feed(H2Headers(1, std::string(test::kH2Status200) + test::H2Indexing("x-kept", "yes")));
  EXPECT_EQ(Feed(H2Headers(3, std::string(test::kH2Status200) + std::string(test::kH2NewestEntry),
                           true)),
            StreamError::kNone);
  EXPECT_EQ(next.text(), "head 200 {x-kept: yes} end\nend\n");
}

}  // namespace
}  // namespace sluice::http2
