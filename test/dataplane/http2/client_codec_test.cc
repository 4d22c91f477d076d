// The life of a connection: its preface, streams, limits of the peer, GOAWAY, ends, pings.
#include "dataplane/http2/client_codec.h"

#include "test/dataplane/http2/client_fixture.h"

namespace sluice::http2 {
namespace {

using http::EndStream;
using http::StreamError;
using http::StreamId;
using test::H2Frame;
using test::H2Settings;
using test::H2Type;
using test::StreamRecorder;

class ClientCodecTest : public ClientFixture {};

TEST_F(ClientCodecTest, BeginsWithThePrefaceAndItsSettings) {
  Run();
  EXPECT_FALSE(peer().connection_error);
  EXPECT_EQ(peer().settings[2], 0u);           // no push
  EXPECT_EQ(peer().settings[4], 65536u);       // window of a stream
  EXPECT_EQ(peer().settings[6], 32u * 1024);   // header list
  EXPECT_EQ(peer().connection_window_added, 1024u * 1024 - 65535);
  EXPECT_EQ(peer().acks, 1u);
}

TEST_F(ClientCodecTest, ExchangesARequestAndAResponse) {
  StreamRecorder& recorder = NewRecorder();
  Get(recorder, "/a");
  EXPECT_FALSE(codec().idle());
  Run();
  ASSERT_EQ(peer().requests.size(), 1u);
  EXPECT_EQ(peer().requests[1].Get(":path"), "/a");
  EXPECT_TRUE(peer().requests[1].ended);

  peer().Respond(1, "200", "hello", {{"x", "y"}});
  Run();
  EXPECT_EQ(recorder.text(), "head 200 {x: y}\nbody hello\nend\n");
  EXPECT_TRUE(codec().idle());
  EXPECT_TRUE(codec().reusable());
}

TEST_F(ClientCodecTest, GivesTheSameEventsHoweverTheBytesAreCut) {
  const auto record = [&](size_t step) {
    peer_.reset();
    codec_.reset();
    StreamRecorder& recorder = NewRecorder();
    Get(recorder);
    Run();
    peer().SendHead(1, {{":status", "103"}, {"link", "</a>"}});
    peer().SendHead(1, {{":status", "200"}, {"content-type", "text/plain"}});
    peer().SendBody(1, std::string(300, 'b'));
    peer().SendTrailers(1, {{"grpc-status", "0"}});
    Run(step);
    return recorder.text();
  };
  const std::string whole = record(0);
  EXPECT_EQ(whole,
            "informational 103 {link: </a>}\n"
            "head 200 {content-type: text/plain}\n"
            "body " + std::string(300, 'b') + "\n"
            "trailers {grpc-status: 0}\n"
            "end\n");
  for (size_t step = 1; step < 40; ++step) EXPECT_EQ(record(step), whole) << step;
}

TEST_F(ClientCodecTest, SendsHeadsInAnotherOrderThanStreamsWereOpened) {
  StreamRecorder& first = NewRecorder();
  StreamRecorder& second = NewRecorder();
  const StreamId a = codec().OpenStream(first);
  Get(second, "/second");
  codec().SendHead(a, NewHead("GET", "/first"), EndStream::kYes);
  Run();
  EXPECT_EQ(peer().requests[1].Get(":path"), "/second");
  EXPECT_EQ(peer().requests[3].Get(":path"), "/first");
  peer().Respond(3, "204", "");
  Run();
  EXPECT_EQ(first.ends, 1);
  EXPECT_EQ(second.ends, 0);
}

TEST_F(ClientCodecTest, OpensNoMoreStreamsThanThePeerAllows) {
  StartPeer({.max_streams = 2});
  EXPECT_EQ(codec().AvailableStreams(), 100u);
  Run();
  EXPECT_EQ(codec().AvailableStreams(), 2u);
  Get(NewRecorder());
  StreamRecorder& recorder = NewRecorder();
  Get(recorder);
  EXPECT_EQ(codec().AvailableStreams(), 0u);
  EXPECT_EQ(codec().OpenStream(NewRecorder()), 0u);

  Run();
  StreamId next = 0;
  recorder.on_end = [&] { next = Get(NewRecorder()); };
  peer().Respond(3, "200", "x");
  Run();
  EXPECT_NE(next, 0u);
  EXPECT_EQ(peer().requests.size(), 3u);
  EXPECT_FALSE(peer().connection_error);

  peer().SetMaxStreams(5);
  Run();
  EXPECT_EQ(codec().AvailableStreams(), 3u);
}

TEST_F(ClientCodecTest, OffersOnlyStreamsThatCanBeOpened) {
  options_.streams = 0x7fffffff;
  StartPeer({.max_streams = 0x7fffffff});
  Run();
  uint32_t opened = 0;
  StreamRecorder& recorder = NewRecorder();
  while (codec().AvailableStreams() > 0) {
    ASSERT_NE(codec().OpenStream(recorder), 0u);
    ++opened;
  }
  EXPECT_EQ(opened, kMaxStreams);
  EXPECT_EQ(codec().OpenStream(recorder), 0u);
}

TEST_F(ClientCodecTest, AResetMakesRoomAtOnceAndThePeerHearsItFirst) {
  StartPeer({.max_streams = 1});
  Run();
  const StreamId id = Get(NewRecorder());
  Run();
  codec().ResetStream(id);
  EXPECT_EQ(codec().AvailableStreams(), 1u);
  StreamRecorder& recorder = NewRecorder();
  Get(recorder);
  Run();
  EXPECT_EQ(peer().requests[1].reset, 8u);  // CANCEL
  peer().Respond(3, "200", "x");
  Run();
  EXPECT_EQ(recorder.ends, 1);
  EXPECT_FALSE(peer().connection_error);
}

TEST_F(ClientCodecTest, SaysNothingOfAStreamThatWasReset) {
  StreamRecorder& recorder = NewRecorder();
  const StreamId id = Get(recorder);
  Run();
  peer().SendHead(1, {{":status", "200"}});
  peer().SendBody(1, "late");
  codec().ResetStream(id);
  EXPECT_TRUE(codec().idle());
  EXPECT_EQ(Run(), StreamError::kNone);
  codec().ResetStream(id);
  SendBody(id, "x");
  Run();
  EXPECT_EQ(recorder.text(), "");
}

TEST_F(ClientCodecTest, AResetDropsTheBodyAndIsSaidOnce) {
  const StreamId id = Post(NewRecorder());
  Run();
  SendBody(id, std::string(500'000, 'x'));
  EXPECT_GT(codec().QueuedBytes(id), 0u);
  codec().ResetStream(id);
  codec().ResetStream(id);
  EXPECT_EQ(codec().QueuedBytes(id), 0u);
  EXPECT_EQ(TakeOutput(), H2Frame(H2Type::kRstStream, 0, 1, test::H2Uint32(8)));
}

TEST_F(ClientCodecTest, AResetBeforeTheHeadLeavesNoTrace) {
  const StreamId unsent = codec().OpenStream(NewRecorder());
  codec().ResetStream(unsent);
  const StreamId queued = Get(NewRecorder());
  codec().ResetStream(queued);
  Run();
  EXPECT_TRUE(peer().requests.empty());
  EXPECT_TRUE(codec().idle());
}

TEST_F(ClientCodecTest, AHandlerMayResetAnyStream) {
  for (const char* when : {"head", "body"}) {
    SCOPED_TRACE(when);
    peer_.reset();
    codec_.reset();
    StreamRecorder& recorder = NewRecorder();
    StreamRecorder& other = NewRecorder();
    const StreamId id = Get(recorder);
    const StreamId other_id = Get(other);
    const auto reset = [&] {
      codec().ResetStream(id);
      codec().ResetStream(other_id);
    };
    (std::string_view(when) == "head" ? recorder.on_head : recorder.on_body) = reset;
    Run();
    peer().Respond(1, "200", "body", {});
    peer().Respond(3, "200", "body", {});
    EXPECT_EQ(Run(1), StreamError::kNone);
    EXPECT_EQ(recorder.ends + recorder.resets + other.ends + other.resets, 0);
    EXPECT_TRUE(codec().idle());
  }
}

TEST_F(ClientCodecTest, AHandlerMayTakeOutput) {
  StreamRecorder& recorder = NewRecorder();
  Get(recorder);
  Run();
  std::string taken;
  recorder.on_body = [&] {
    Get(NewRecorder(), "/next");
    taken = TakeOutput();
  };
  peer().Respond(1, "200", "x");
  Run();
  peer().Receive(taken);
  EXPECT_EQ(peer().requests[3].Get(":path"), "/next");
}

TEST_F(ClientCodecTest, GoAwayRefusesWhatThePeerDidNotProcess) {
  StreamRecorder& kept = NewRecorder();
  StreamRecorder& refused = NewRecorder();
  StreamRecorder& unsent = NewRecorder();
  Get(kept);
  Get(refused);
  Run();
  codec().OpenStream(unsent);
  peer().GoAway(1);
  Run();
  EXPECT_EQ(connection_.last_streams, 1);
  EXPECT_EQ(refused.text(), "reset refused\n");
  EXPECT_EQ(unsent.text(), "reset refused\n");
  EXPECT_EQ(kept.text(), "");
  EXPECT_FALSE(codec().reusable());
  EXPECT_EQ(codec().AvailableStreams(), 0u);
  EXPECT_EQ(codec().OpenStream(NewRecorder()), 0u);

  peer().Respond(1, "200", "still");
  Run();
  EXPECT_EQ(kept.text(), "head 200\nbody still\nend\n");
  EXPECT_TRUE(codec().idle());
}

TEST_F(ClientCodecTest, GoAwayRefusesRequestsThatWaitForRoom) {
  StartPeer({.max_streams = 2});
  Run();
  StreamRecorder& first = NewRecorder();
  Get(NewRecorder());
  Get(first);
  peer().SetMaxStreams(0);
  Feed(peer().TakeOutput());
  // The settings came before the requests went out.
  peer().GoAway(0x7fffffff);
  Run();
  EXPECT_EQ(first.text(), "reset refused\n");
  EXPECT_TRUE(peer().requests.empty());
}

TEST_F(ClientCodecTest, TheEndOfTheConnectionFailsOpenStreams) {
  StreamRecorder& recorder = NewRecorder();
  StreamRecorder& done = NewRecorder();
  Get(done);
  Get(recorder);
  Run();
  peer().Respond(1, "200", "all");
  peer().SendHead(3, {{":status", "200"}});
  peer().SendBody(3, "ha");
  Run();
  EXPECT_EQ(codec().FeedEnd().error, StreamError::kEarlyEnd);
  EXPECT_EQ(recorder.text(), "head 200\nbody ha\nreset early_end\n");
  EXPECT_EQ(done.text(), "head 200\nbody all\nend\n");
  EXPECT_FALSE(codec().reusable());
  EXPECT_FALSE(codec().wants_input());
  EXPECT_EQ(codec().OpenStream(recorder), 0u);
}

TEST_F(ClientCodecTest, TheEndOfAnIdleConnectionIsNoError) {
  Run();
  EXPECT_EQ(codec().FeedEnd().error, StreamError::kNone);
  EXPECT_FALSE(codec().reusable());
}

TEST_F(ClientCodecTest, ErrorsOfTheConnectionEndAllStreams) {
  StreamRecorder& a = NewRecorder();
  StreamRecorder& b = NewRecorder();
  Get(a);
  Get(b);
  Run();
  a.on_reset = [&] { EXPECT_EQ(codec().OpenStream(b), 0u); };
  EXPECT_EQ(Feed("HTTP/1.1 400 Bad Request\r\n\r\n"), StreamError::kProtocol);
  EXPECT_EQ(a.text(), "reset protocol\n");
  EXPECT_EQ(b.text(), "reset protocol\n");
  EXPECT_TRUE(codec().idle());
  peer().Receive(TakeOutput());
  EXPECT_TRUE(peer().client_goaway.has_value());
  buffer::Buffer in;
  in.AppendCopy(pool_, "more");
  EXPECT_EQ(codec().Feed(in).error, StreamError::kProtocol);
  EXPECT_TRUE(in.empty());
}

TEST_F(ClientCodecTest, CountsPingsUntilTheyAreAnswered) {
  Run();
  codec().SendPing();
  EXPECT_EQ(codec().pings_outstanding(), 1u);
  EXPECT_EQ(connection_.outputs, 2);  // and one for the settings
  Run();
  EXPECT_EQ(peer().pings, 1u);
  EXPECT_EQ(codec().pings_outstanding(), 0u);
  // An answer to nothing.
  Feed(H2Frame(H2Type::kPing, test::kAckFlag, 0, "12345678"));
  EXPECT_EQ(codec().pings_outstanding(), 0u);
}

TEST_F(ClientCodecTest, AnswersPings) {
  Run();
  peer().Ping();
  Run();
  EXPECT_EQ(peer().acks, 2u);
}

TEST_F(ClientCodecTest, KeepAlivePingsOfAQuietPeerGoOnForEver) {
  Feed(H2Settings());
  TakeOutput();
  for (int i = 0; i < 100'000; ++i) {
    ASSERT_EQ(Feed(H2Frame(H2Type::kPing, 0, 0, "12345678")), StreamError::kNone) << i;
    TakeOutput();
  }
}

TEST_F(ClientCodecTest, UsesStreamObjectsAgain) {
  std::vector<StreamId> ids;
  for (int i = 0; i < 50; ++i) {
    StreamRecorder& recorder = NewRecorder();
    ids.push_back(Get(recorder));
    Run();
    peer().Respond(2 * i + 1, "200", "x");
    Run();
    ASSERT_EQ(recorder.ends, 1);
  }
  std::sort(ids.begin(), ids.end());
  EXPECT_EQ(std::unique(ids.begin(), ids.end()), ids.end());
}

}  // namespace
}  // namespace sluice::http2
