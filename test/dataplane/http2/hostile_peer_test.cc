// Upstreams that break RFC 9113 or flood: what fails, and how far it reaches. The case numbers are
// those of the list of negative cases, read from the other side.
#include <nghttp2/nghttp2.h>

#include "test/dataplane/http2/client_fixture.h"

namespace sluice::http2 {
namespace {

using http::StreamError;
using test::H2Data;
using test::H2Frame;
using test::H2Headers;
using test::H2Literal;
using test::H2Settings;
using test::H2Type;
using test::H2Uint16;
using test::H2Uint32;
using test::StreamRecorder;

const std::string kOk(test::kH2Status200);

class HostilePeerTest : public ClientFixture {
 protected:
  // Begins anew with two requests on the wire.
  void Begin() {
    peer_ = nullptr;
    codec_ = nullptr;
    recorders_.clear();
    victim_ = &NewRecorder();
    innocent_ = &NewRecorder();
    victim_id_ = Get(*victim_);
    Get(*innocent_);
    Feed(H2Settings());
    TakeOutput();
  }
  // The other stream of the connection still works.
  void ExpectInnocentServed() {
    EXPECT_EQ(Feed(H2Headers(3, kOk) + H2Data(3, "fine", true)), StreamError::kNone);
    EXPECT_EQ(innocent_->text(), "head 200\nbody fine\nend\n");
    EXPECT_TRUE(codec().idle());
  }
  // `bytes` reset stream 1 and nothing else, whole and byte by byte.
  void ExpectStreamError(std::string_view bytes, StreamError error) {
    for (size_t step : {size_t{0}, size_t{1}}) {
      Begin();
      EXPECT_EQ(Feed(bytes, step), StreamError::kNone);
      EXPECT_EQ(victim_->resets, 1);
      EXPECT_EQ(http::StreamErrorName(victim_->error), http::StreamErrorName(error));
      EXPECT_EQ(victim_->ends, 0);
      const std::string reset = H2Frame(H2Type::kRstStream, 0, 1, "code").substr(0, 9);
      EXPECT_NE(TakeOutput().find(reset), std::string::npos);
      ExpectInnocentServed();
    }
  }
  // `bytes` end the connection, with a GOAWAY of `code`.
  void ExpectConnectionError(std::string_view bytes, StreamError error, uint32_t code) {
    for (size_t step : {size_t{0}, size_t{1}}) {
      Begin();
      EXPECT_EQ(http::StreamErrorName(Feed(bytes, step)), http::StreamErrorName(error));
      EXPECT_EQ(victim_->resets + victim_->ends, 1);
      EXPECT_EQ(innocent_->resets, 1);
      const std::string output = TakeOutput();
      const std::string type_and_flags("\x07\0", 2);
      const size_t goaway = output.rfind(type_and_flags + H2Uint32(0));
      ASSERT_NE(goaway, std::string::npos);
      EXPECT_EQ(output.substr(goaway + 10, 4), H2Uint32(code));
      EXPECT_FALSE(codec().reusable());
    }
  }

  http::StreamId victim_id_ = 0;
  StreamRecorder* victim_ = nullptr;
  StreamRecorder* innocent_ = nullptr;
};

// 93, 98, 99, 100, 102: heads that are none.
TEST_F(HostilePeerTest, MalformedHeadsResetTheirStream) {
  const struct {
    const char* name;
    std::string block;
    StreamError error;
  } cases[] = {
      {"no status", H2Literal("a", "b"), StreamError::kBadStatus},
      {"empty block", "", StreamError::kProtocol},
      {"two statuses", kOk + kOk, StreamError::kProtocol},
      {"status late", H2Literal("a", "b") + kOk, StreamError::kBadStatus},
      {"status behind fields", kOk + H2Literal("a", "b") + kOk, StreamError::kProtocol},
      {"unknown pseudo-header", kOk + H2Literal(":new", "x"), StreamError::kProtocol},
      {"pseudo-header of a request", kOk + H2Literal(":path", "/"), StreamError::kProtocol},
      {"status 99", H2Literal(":status", "099"), StreamError::kBadStatus},
      {"status 2000", H2Literal(":status", "2000"), StreamError::kProtocol},
      {"status abc", H2Literal(":status", "abc"), StreamError::kProtocol},
      {"status 600", H2Literal(":status", "600"), StreamError::kBadStatus},
      {"status 101", H2Literal(":status", "101"), StreamError::kProtocol},
      {"empty status", H2Literal(":status", ""), StreamError::kProtocol},
      {"empty name", kOk + H2Literal("", "x"), StreamError::kBadFieldName},
      {"upper case name", kOk + H2Literal("Server", "x"), StreamError::kProtocol},
      {"space in a name", kOk + H2Literal("a b", "x"), StreamError::kBadFieldName},
      {"colon in a name", kOk + H2Literal("a:b", "x"), StreamError::kBadFieldName},
      {"LF in a value", kOk + H2Literal("a", "x\ny: z"), StreamError::kBadFieldValue},
      {"CR in a value", kOk + H2Literal("a", "x\r"), StreamError::kBadFieldValue},
      {"NUL in a value", kOk + H2Literal("a", std::string_view("x\0y", 3)),
       StreamError::kBadFieldValue},
      {"space around a value", kOk + H2Literal("a", " x"), StreamError::kBadFieldValue},
      {"connection", kOk + H2Literal("connection", "close"), StreamError::kProtocol},
      {"transfer-encoding", kOk + H2Literal("transfer-encoding", "chunked"),
       StreamError::kProtocol},
      {"upgrade", kOk + H2Literal("upgrade", "websocket"), StreamError::kProtocol},
      {"content-length no number", kOk + H2Literal("content-length", "1x"), StreamError::kProtocol},
      {"two lengths", kOk + H2Literal("content-length", "1") + H2Literal("content-length", "2"),
       StreamError::kProtocol},
  };
  for (const auto& c : cases) {
    SCOPED_TRACE(c.name);
    ExpectStreamError(H2Headers(1, c.block), c.error);
  }
}

// 101, 104: what follows a head.
TEST_F(HostilePeerTest, BodiesAndTrailersThatDoNotFitResetTheirStream) {
  const std::string five = H2Headers(1, kOk + H2Literal("content-length", "5"));
  const std::string head = H2Headers(1, kOk);
  const struct {
    const char* name;
    std::string bytes;
    StreamError error;
  } cases[] = {
      {"less than the length", five + H2Data(1, "four", true), StreamError::kBadContentLength},
      {"more than the length", five + H2Data(1, "sixsix", true), StreamError::kBadContentLength},
      {"more in a second frame", five + H2Data(1, "12345") + H2Data(1, "6"),
       StreamError::kBadContentLength},
      {"length without a body", H2Headers(1, kOk + H2Literal("content-length", "5"), true),
       StreamError::kProtocol},
      {"trailers short of the length",
       five + H2Data(1, "12") + H2Headers(1, H2Literal("a", "b"), true), StreamError::kProtocol},
      {"second head", head + H2Headers(1, kOk), StreamError::kProtocol},
      {"trailers without the end", head + H2Data(1, "x") + H2Headers(1, H2Literal("a", "b")),
       StreamError::kProtocol},
      {"status in trailers", head + H2Headers(1, kOk, true), StreamError::kProtocol},
      {"1xx that ends the stream", H2Headers(1, H2Literal(":status", "103"), true),
       StreamError::kProtocol},
      {"body behind a 1xx", H2Headers(1, H2Literal(":status", "103")) + H2Data(1, "x", true),
       StreamError::kProtocol},
      {"window overflow", H2Frame(H2Type::kWindowUpdate, 0, 1, H2Uint32(0x7fffffff)),
       StreamError::kProtocol},
  };
  for (const auto& c : cases) {
    SCOPED_TRACE(c.name);
    ExpectStreamError(c.bytes, c.error);
  }
}

// 50.
TEST_F(HostilePeerTest, InformationalResponsesAreCounted) {
  std::string many;
  for (int i = 0; i < 9; ++i) many += H2Headers(1, H2Literal(":status", "103"));
  ExpectStreamError(many, StreamError::kTooManyInformational);
}

// 86, 87, 107: heads over a limit.
TEST_F(HostilePeerTest, ALargeHeadResetsItsStream) {
  std::string fields = kOk;
  for (int i = 0; i < 100; ++i) fields += H2Literal("f", "v");
  ExpectStreamError(H2Headers(1, fields), StreamError::kTooManyFields);

  std::string bytes = kOk;
  for (int i = 0; i < 5; ++i) bytes += H2Literal("f", std::string(7000, 'v'));
  const std::string frames = H2Frame(H2Type::kHeaders, 0, 1, bytes.substr(0, 16'000)) +
                             H2Frame(H2Type::kContinuation, 0, 1, bytes.substr(16'000, 16'000)) +
                             H2Frame(H2Type::kContinuation, test::kEndHeadersFlag, 1,
                                     bytes.substr(32'000));
  ExpectStreamError(frames, StreamError::kHeadTooLarge);

  std::string trailers;
  for (int i = 0; i < 21; ++i) trailers += H2Literal("f", "v");
  ExpectStreamError(H2Headers(1, kOk) + H2Headers(1, trailers, true), StreamError::kTooManyFields);
  ExpectStreamError(H2Headers(1, kOk) + H2Headers(1, H2Literal("f", std::string(9000, 'v')), true),
                    StreamError::kTrailersTooLarge);
}

TEST_F(HostilePeerTest, AHeaderBombEndsTheConnectionWithoutBeingStored) {
  // One entry of the table, then a reference per byte: by count, and by size.
  const std::string many = kOk + test::H2Indexing("a", "b") +
                           std::string(10'000, test::kH2NewestEntry.front());
  ExpectConnectionError(H2Headers(1, many), StreamError::kHeadTooLarge,
                        NGHTTP2_ENHANCE_YOUR_CALM);
  const std::string large = kOk + test::H2Indexing("a", std::string(4000, 'v')) +
                            std::string(99, test::kH2NewestEntry.front());
  ExpectConnectionError(H2Headers(1, large), StreamError::kHeadTooLarge,
                        NGHTTP2_ENHANCE_YOUR_CALM);
  Begin();
  const size_t before = pool_.bytes_in_use();
  Feed(H2Headers(1, large));
  EXPECT_LT(pool_.bytes_in_use(), before + 128 * 1024);
}

// 85.
TEST_F(HostilePeerTest, EndlessContinuationsEndTheConnection) {
  for (std::string_view piece : {std::string_view("\0", 0), std::string_view("\x88", 1)}) {
    std::string frames = H2Frame(H2Type::kHeaders, 0, 1, kOk);
    for (int i = 0; i < 20; ++i) frames += H2Frame(H2Type::kContinuation, 0, 1, piece);
    Begin();
    EXPECT_EQ(Feed(frames), StreamError::kProtocol);
    EXPECT_EQ(innocent_->resets, 1);
  }
}

// 88: HPACK.
TEST_F(HostilePeerTest, CompressionErrorsEndTheConnection) {
  for (std::string_view block : {
           std::string_view("\x80", 1),                  // index 0
           std::string_view("\xfe", 1),                  // past the end of the table
           std::string_view("\x88\x3f\xe1\x1f", 4),      // table size update not first
           std::string_view("\x3f\xe1\xff\x03", 4),      // table size over our setting
           std::string_view("\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff", 10),  // integer overflow
           std::string_view("\x00\x84\xff\xff\xff\xff\x01x", 8),              // EOS in a name
       }) {
    SCOPED_TRACE(testing::PrintToString(std::string(block)));
    ExpectConnectionError(H2Headers(1, block), StreamError::kProtocol, NGHTTP2_COMPRESSION_ERROR);
  }
}

// 89, 96, 97, 105, 107, 109: frames.
TEST_F(HostilePeerTest, FramesThatBreakTheProtocolEndTheConnection) {
  const struct {
    const char* name;
    std::string bytes;
    uint32_t code;
  } cases[] = {
      {"body before the head", H2Data(1, "x"), NGHTTP2_PROTOCOL_ERROR},
      {"window update of 0", H2Frame(H2Type::kWindowUpdate, 0, 1, H2Uint32(0)),
       NGHTTP2_PROTOCOL_ERROR},
      {"push", H2Frame(H2Type::kPushPromise, test::kEndHeadersFlag, 1, H2Uint32(2) + kOk),
       NGHTTP2_PROTOCOL_ERROR},
      {"data on an idle stream", H2Data(101, "x"), NGHTTP2_PROTOCOL_ERROR},
      {"reset of an idle stream", H2Frame(H2Type::kRstStream, 0, 101, H2Uint32(8)),
       NGHTTP2_PROTOCOL_ERROR},
      {"window of an idle stream", H2Frame(H2Type::kWindowUpdate, 0, 101, H2Uint32(1)),
       NGHTTP2_PROTOCOL_ERROR},
      {"head of an idle stream", H2Headers(101, kOk), NGHTTP2_PROTOCOL_ERROR},
      {"head of an even stream", H2Headers(2, kOk), NGHTTP2_PROTOCOL_ERROR},
      {"head on stream 0", H2Headers(0, kOk), NGHTTP2_PROTOCOL_ERROR},
      {"data on stream 0", H2Data(0, "x"), NGHTTP2_PROTOCOL_ERROR},
      {"ping of 4 bytes", H2Frame(H2Type::kPing, 0, 0, "1234"), NGHTTP2_FRAME_SIZE_ERROR},
      {"frame over our size", test::H2FrameHeader(H2Type::kData, 0, 1, 16385),
       NGHTTP2_FRAME_SIZE_ERROR},
      {"window setting over 2^31-1",
       H2Frame(H2Type::kSettings, 0, 0, H2Uint16(4) + H2Uint32(0x80000000)),
       NGHTTP2_FLOW_CONTROL_ERROR},
      {"frame size setting below 2^14",
       H2Frame(H2Type::kSettings, 0, 0, H2Uint16(5) + H2Uint32(100)), NGHTTP2_PROTOCOL_ERROR},
      {"settings with half an entry", H2Frame(H2Type::kSettings, 0, 0, "12345"),
       NGHTTP2_FRAME_SIZE_ERROR},
      {"connection window overflow", H2Frame(H2Type::kWindowUpdate, 0, 0, H2Uint32(0x7fffffff)),
       NGHTTP2_FLOW_CONTROL_ERROR},
      {"continuation of nothing", H2Frame(H2Type::kContinuation, test::kEndHeadersFlag, 1, kOk),
       NGHTTP2_PROTOCOL_ERROR},
      {"a frame inside a header block",
       H2Frame(H2Type::kHeaders, 0, 1, kOk) + H2Frame(H2Type::kPing, 0, 0, "12345678"),
       NGHTTP2_PROTOCOL_ERROR},
      {"GOAWAY whose last stream rises",
       H2Frame(H2Type::kGoAway, 0, 0, H2Uint32(3) + H2Uint32(0)) +
           H2Frame(H2Type::kGoAway, 0, 0, H2Uint32(5) + H2Uint32(0)),
       NGHTTP2_PROTOCOL_ERROR},
  };
  for (const auto& c : cases) {
    SCOPED_TRACE(c.name);
    ExpectConnectionError(c.bytes, StreamError::kProtocol, c.code);
  }
}

TEST_F(HostilePeerTest, DataOverItsWindowResetsTheStream) {
  Begin();
  codec().PauseReceiving(victim_id_, true);
  // The window of a stream is ours only once the peer has acknowledged it.
  EXPECT_EQ(Feed(H2Frame(H2Type::kSettings, test::kAckFlag, 0)), StreamError::kNone);
  std::string bytes = H2Headers(1, kOk);
  for (int i = 0; i < 4; ++i) bytes += H2Data(1, std::string(16384, 'x'));
  EXPECT_EQ(Feed(bytes), StreamError::kNone);
  EXPECT_EQ(victim_->body_bytes, 64u * 1024);
  EXPECT_EQ(Feed(H2Data(1, "x")), StreamError::kNone);
  EXPECT_EQ(victim_->error, StreamError::kProtocol);
  ExpectInnocentServed();
}

// 89, 90, 91, 92, 94: floods.
TEST_F(HostilePeerTest, FloodsOfFramesThatMoveNothingEndTheConnection) {
  const struct {
    const char* name;
    std::string frame;
  } cases[] = {
      {"pings", H2Frame(H2Type::kPing, 0, 0, "12345678")},
      {"acknowledged pings", H2Frame(H2Type::kPing, test::kAckFlag, 0, "12345678")},
      {"settings", H2Settings()},
      {"priorities", H2Frame(H2Type::kPriority, 0, 1, H2Uint32(0) + "x")},
      {"window updates", H2Frame(H2Type::kWindowUpdate, 0, 0, H2Uint32(1))},
      {"resets of a closed stream", H2Frame(H2Type::kRstStream, 0, 1, H2Uint32(8))},
      {"data of a closed stream", H2Data(1, "")},
      {"an unknown type", H2Frame(static_cast<H2Type>(0x42), 0, 0, "x")},
  };
  for (const auto& c : cases) {
    SCOPED_TRACE(c.name);
    Begin();
    Feed(H2Headers(1, kOk, true));
    std::string batch;
    for (int i = 0; i < 500; ++i) batch += c.frame;
    StreamError error = StreamError::kNone;
    int batches = 0;
    // It reads all we say, so only the budget ends this.
    for (; error == StreamError::kNone && batches < 100; ++batches) {
      error = Feed(batch);
      TakeOutput();
    }
    EXPECT_EQ(error, StreamError::kProtocol);
    EXPECT_LE(batches, 21);
    EXPECT_EQ(innocent_->resets, 1);
  }
}

TEST_F(HostilePeerTest, APeerThatDoesNotReadAcknowledgementsIsLeft) {
  Begin();
  buffer::Buffer unsent;  // the socket takes nothing
  StreamError error = StreamError::kNone;
  int pings = 0;
  for (; error == StreamError::kNone && pings < 5000; ++pings) {
    error = Feed(H2Frame(H2Type::kPing, 0, 0, "12345678"));
    codec().TakeOutput(unsent);
  }
  EXPECT_EQ(error, StreamError::kProtocol);
  EXPECT_LE(pings, 1002);
  EXPECT_LT(unsent.size(), 32u * 1024);
}

TEST_F(HostilePeerTest, ASlowReaderMayPingAsOftenAsItReads) {
  Begin();
  buffer::Buffer unsent;
  for (int i = 0; i < 20'000; ++i) {
    ASSERT_EQ(Feed(H2Frame(H2Type::kPing, 0, 0, "12345678")), StreamError::kNone) << i;
    codec().TakeOutput(unsent);
    // Always 300 acknowledgements behind.
    if (unsent.size() > 300 * 17) unsent.Drain(17);
  }
}

TEST_F(HostilePeerTest, TheSecondEmptyDataFrameInARowEndsTheConnection) {
  Begin();
  EXPECT_EQ(Feed(H2Headers(1, kOk) + H2Data(1, "")), StreamError::kNone);
  EXPECT_EQ(Feed(H2Data(1, "x") + H2Data(1, "")), StreamError::kNone);
  EXPECT_EQ(Feed(H2Data(1, "")), StreamError::kProtocol);
  // Nothing but padding is as empty.
  Begin();
  const std::string padding = std::string(1, 3) + std::string(3, '\0');
  Feed(H2Headers(1, kOk));
  EXPECT_EQ(Feed(H2Frame(H2Type::kData, test::kPaddedFlag, 1, padding)), StreamError::kNone);
  EXPECT_EQ(Feed(H2Frame(H2Type::kData, test::kPaddedFlag, 1, padding)), StreamError::kProtocol);
}

TEST_F(HostilePeerTest, TooManySettingsInAFrameEndTheConnection) {
  std::string entries;
  for (int i = 0; i < 33; ++i) entries += H2Uint16(0x99) + H2Uint32(1);
  Begin();
  EXPECT_EQ(Feed(H2Frame(H2Type::kSettings, 0, 0, entries)), StreamError::kProtocol);
}

TEST_F(HostilePeerTest, NothingIsHeardBeforeTheServersSettings) {
  Get(NewRecorder());
  EXPECT_EQ(Feed(H2Frame(H2Type::kPing, 0, 0, "12345678")), StreamError::kProtocol);
}

// 111.
TEST_F(HostilePeerTest, ManyStreamsEndTogetherWhenTheConnectionDoes) {
  options_.streams = 1000;
  StartPeer({.max_streams = 1000});
  Run();
  for (int i = 0; i < 1000; ++i) ASSERT_NE(Get(NewRecorder()), 0u);
  Run();
  Feed("garbage that is no frame at all");
  for (StreamRecorder& recorder : recorders_) ASSERT_EQ(recorder.resets, 1);
  EXPECT_TRUE(codec().idle());
}

}  // namespace
}  // namespace sluice::http2
