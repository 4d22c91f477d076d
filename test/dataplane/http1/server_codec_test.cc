#include "dataplane/http1/server_codec.h"

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <vector>

#include "test/dataplane/http1/recorder.h"

namespace sluice::http1 {
namespace {

using http::BodyFraming;
using http::EndStream;
using http::StreamError;
using http::StreamId;

constexpr std::string_view kGet = "GET /a HTTP/1.1\r\nHost: h\r\n\r\n";
constexpr std::string_view kPost = "POST /p HTTP/1.1\r\nHost: h\r\nContent-Length: 5\r\n\r\n";
constexpr std::string_view kChunkedPost =
    "POST /p HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n";

class ServerCodecTest : public ::testing::Test {
 protected:
  StreamError Feed(std::string_view bytes) { return FeedPieces(pool_, codec_, in_, bytes, {}); }

  http::Head& NewResponse(uint16_t status) {
    http::Head& head = *responses_.emplace_back(std::make_unique<http::Head>(arena_));
    head.status = status;
    return head;
  }
  // A whole response with Content-Length.
  void Respond(StreamId id, uint16_t status, std::string_view body = "") {
    http::Head& head = NewResponse(status);
    head.framing = BodyFraming::kLength;
    head.content_length = body.size();
    codec_.SendHead(id, head, body.empty() ? EndStream::kYes : EndStream::kNo);
    if (!body.empty()) SendBody(id, body, EndStream::kYes);
  }
  // The head of a response whose length is not known.
  void BeginStream(StreamId id, uint16_t status = 200) {
    http::Head& head = NewResponse(status);
    head.framing = BodyFraming::kChunked;
    codec_.SendHead(id, head, EndStream::kNo);
  }
  void SendBody(StreamId id, std::string_view body, EndStream end = EndStream::kNo) {
    buffer::Buffer data;
    data.AppendCopy(pool_, body);
    codec_.SendBody(id, data, end);
    EXPECT_TRUE(data.empty());
  }
  void AnswerEachAtItsEnd() {
    recorder_.on_end = [this](StreamId id) { Respond(id, 204); };
  }
  std::string Sent() { return Output(codec_); }

  buffer::BlockPool pool_;
  buffer::Arena arena_{pool_};
  ServerOptions options_;
  Recorder recorder_{pool_};
  ServerCodec codec_{pool_, recorder_, options_};
  buffer::Buffer in_;
  std::vector<std::unique_ptr<http::Head>> responses_;
};

TEST_F(ServerCodecTest, AnswersARequestWithoutBody) {
  EXPECT_EQ(Feed("GET /a?b=c HTTP/1.1\r\nHost: x\r\nAccept: */*\r\n\r\n"), StreamError::kNone);
  EXPECT_EQ(recorder_.text(),
            "head GET /a?b=c [x] {Host: x} {Accept: */*} end\n"
            "end\n");
  EXPECT_FALSE(codec_.wants_input());
  Respond(1, 200, "hi");
  EXPECT_EQ(Sent(), "HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nhi");
  EXPECT_TRUE(codec_.idle());
  EXPECT_TRUE(codec_.reusable());
  EXPECT_TRUE(codec_.wants_input());
}

TEST_F(ServerCodecTest, StopsBehindACompleteMessageUntilTheResponseWasSent) {  // RFC 9112 9.3.2
  const std::string two = std::string(kGet) + "GET /b HTTP/1.1\r\nHost: h\r\n\r\n";
  EXPECT_EQ(Feed(two), StreamError::kNone);
  EXPECT_EQ(recorder_.text(), "head GET /a [h] {Host: h} end\nend\n");
  EXPECT_EQ(in_.size(), 28u);
  recorder_.Forget();
  Respond(1, 204);
  EXPECT_EQ(recorder_.text(), "") << "nothing is parsed from inside Send";
  EXPECT_EQ(codec_.Feed(in_).error, StreamError::kNone);
  EXPECT_EQ(recorder_.text(), "head GET /b [h] {Host: h} end\nend\n");
  EXPECT_EQ(recorder_.id(), 2u);
}

TEST_F(ServerCodecTest, ServesPipelinedRequestsInOrderSomePerFeed) {
  AnswerEachAtItsEnd();
  std::string many;
  for (int i = 0; i < 1000; ++i)
    many += "GET /" + std::to_string(i) + " HTTP/1.1\r\nHost: h\r\n\r\n";
  in_.AppendCopy(pool_, many);
  EXPECT_EQ(codec_.Feed(in_).error, StreamError::kNone);
  EXPECT_EQ(recorder_.id(), ServerCodec::kMessagesPerFeed);
  size_t feeds = 1;
  for (; codec_.wants_input() && !in_.empty(); ++feeds) {
    EXPECT_EQ(codec_.Feed(in_).error, StreamError::kNone);
  }
  EXPECT_EQ(feeds, (1000 + ServerCodec::kMessagesPerFeed - 1) / ServerCodec::kMessagesPerFeed);
  EXPECT_EQ(recorder_.id(), 1000u);
  size_t at = 0;
  for (int i = 0; i < 1000; ++i) {
    at = recorder_.text().find("GET /" + std::to_string(i) + " ", at);
    ASSERT_NE(at, std::string::npos) << i;
  }
}

TEST_F(ServerCodecTest, SkipsBodiesExactly) {
  AnswerEachAtItsEnd();
  EXPECT_EQ(
      Feed("DELETE /a HTTP/1.1\r\nHost: h\r\nContent-Length: 4\r\n\r\nGET " + std::string(kGet)),
      StreamError::kNone);
  EXPECT_EQ(recorder_.text(),
            "head DELETE /a [h] {Host: h} {Content-Length: 4}\nbody GET \nend\n"
            "head GET /a [h] {Host: h} end\nend\n");
}

TEST_F(ServerCodecTest, DeliversChunksAndTrailers) {
  EXPECT_EQ(Feed(std::string(kChunkedPost) + "2\r\nhi\r\n0\r\nX-Sum: 1\r\nHost: evil\r\n\r\n"),
            StreamError::kNone);
  EXPECT_EQ(recorder_.text(),
            "head POST /p [h] {Host: h} {Transfer-Encoding: chunked}\nbody hi\n"
            "trailers {X-Sum: 1}\nend\n");
}

TEST_F(ServerCodecTest, BadFramingOfABodyResetsTheStream) {
  EXPECT_EQ(Feed(std::string(kChunkedPost) + "2\r\nhi\r\nx"), StreamError::kBadChunk);
  EXPECT_EQ(recorder_.text(),
            "head POST /p [h] {Host: h} {Transfer-Encoding: chunked}\nbody hi\nreset bad_chunk\n");
  Respond(1, 400);
  EXPECT_EQ(Sent(), "HTTP/1.1 400 Bad Request\r\ncontent-length: 0\r\nconnection: close\r\n\r\n");
  EXPECT_FALSE(codec_.wants_input());
  EXPECT_FALSE(codec_.reusable());
}

TEST_F(ServerCodecTest, TrailersAreAsStrictAsFields) {
  for (const std::string trailers :
       {"A: b\r\n c\r\n\r\n", "A : b\r\n\r\n", "A: b\n\r\n", "\n", "\r\r\n"}) {
    const std::string record =
        AtEveryCut(std::string(kChunkedPost) + "0\r\n" + trailers,
                   [&](auto all, Cut cut) { return ServerRecord(all, options_, cut); });
    EXPECT_NE(record.find("reset "), std::string::npos) << trailers << record;
  }
}

TEST_F(ServerCodecTest, AnswersAMalformedHeadAndCloses) {
  EXPECT_EQ(Feed("GET / HTTP/1.1\r\nBad Name: x\r\n\r\n"), StreamError::kBadFieldName);
  EXPECT_EQ(recorder_.text(), "reset bad_field_name\n");
  Respond(1, 400, "no");
  EXPECT_EQ(Sent(), "HTTP/1.1 400 Bad Request\r\ncontent-length: 2\r\nconnection: close\r\n\r\nno");
  EXPECT_FALSE(codec_.reusable());
  EXPECT_EQ(codec_.Feed(in_).error, StreamError::kBadFieldName);
}

TEST_F(ServerCodecTest, StreamsToHttp11InChunks) {
  Feed(kGet);
  BeginStream(1);
  SendBody(1, "hello");
  SendBody(1, "", EndStream::kYes);
  EXPECT_EQ(Sent(), "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n");
  EXPECT_TRUE(codec_.reusable());
}

TEST_F(ServerCodecTest, StreamsToHttp10UntilClose) {  // RFC 9112 6.1
  Feed("GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");
  BeginStream(1);
  SendBody(1, "hello", EndStream::kYes);
  EXPECT_EQ(Sent(), "HTTP/1.1 200 OK\r\nconnection: close\r\n\r\nhello");
  EXPECT_FALSE(codec_.reusable());
}

TEST_F(ServerCodecTest, KeepsAnHttp10ConnectionWhenAskedTo) {
  Feed("GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");
  Respond(1, 200, "x");
  EXPECT_EQ(Sent(), "HTTP/1.1 200 OK\r\ncontent-length: 1\r\nconnection: keep-alive\r\n\r\nx");
  EXPECT_TRUE(codec_.reusable());
  Feed("GET / HTTP/1.0\r\n\r\n");
  Respond(2, 200, "x");
  EXPECT_EQ(Sent(), "HTTP/1.1 200 OK\r\ncontent-length: 1\r\nconnection: close\r\n\r\nx");
  EXPECT_FALSE(codec_.reusable());
}

TEST_F(ServerCodecTest, ClientsCloseEndsTheConnection) {
  Feed("GET / HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n" + std::string(kGet));
  EXPECT_EQ(recorder_.text().substr(0, 5), "last\n");
  Respond(1, 200, "x");
  EXPECT_EQ(Sent(), "HTTP/1.1 200 OK\r\ncontent-length: 1\r\nconnection: close\r\n\r\nx");
  EXPECT_FALSE(codec_.wants_input()) << "what follows is not served";
}

TEST_F(ServerCodecTest, OwnerCanMakeAResponseTheLast) {
  Feed(kGet);
  codec_.CloseAfterResponse();
  Respond(1, 204);
  EXPECT_EQ(Sent(), "HTTP/1.1 204 No Content\r\nconnection: close\r\n\r\n");
  EXPECT_FALSE(codec_.reusable());
  EXPECT_FALSE(codec_.wants_input());
}

TEST_F(ServerCodecTest, HeadAndBodilessStatusesCarryNoBody) {  // RFC 9110 9.3.2, 15.3.5, 15.4.5
  Feed("HEAD / HTTP/1.1\r\nHost: h\r\n\r\n");
  Respond(1, 200, "hello");
  EXPECT_EQ(Sent(), "HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\n");
  Feed(kGet);
  Respond(2, 304, "hello");
  EXPECT_EQ(Sent(), "HTTP/1.1 304 Not Modified\r\ncontent-length: 5\r\n\r\n");
  Feed(kGet);
  Respond(3, 204, "hello");
  EXPECT_EQ(Sent(), "HTTP/1.1 204 No Content\r\n\r\n") << "RFC 9110 8.6: no length with 204";
  Feed("HEAD / HTTP/1.1\r\nHost: h\r\n\r\n");
  BeginStream(4);
  SendBody(4, "x", EndStream::kYes);
  EXPECT_EQ(Sent(), "HTTP/1.1 200 OK\r\n\r\n");
  EXPECT_TRUE(codec_.reusable());
}

TEST_F(ServerCodecTest, ABodyOfAnotherLengthThanPromisedClosesTheConnection) {
  Feed(kGet);
  http::Head& head = NewResponse(200);
  head.framing = BodyFraming::kLength;
  head.content_length = 5;
  codec_.SendHead(1, head, EndStream::kNo);
  SendBody(1, "hel", EndStream::kYes);
  EXPECT_FALSE(codec_.reusable()) << "the client must see the end as a truncation";
}

TEST_F(ServerCodecTest, ContinueGoesOutOnce) {  // RFC 9110 10.1.1
  Feed("PUT / HTTP/1.1\r\nHost: h\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n");
  codec_.SendHead(1, NewResponse(100), EndStream::kNo);
  codec_.SendHead(1, NewResponse(100), EndStream::kNo);
  EXPECT_EQ(Sent(), "HTTP/1.1 100 Continue\r\n\r\n");
  Feed("hi");
  http::Head& hints = NewResponse(103);
  hints.Append("Link", "</a>");
  codec_.SendHead(1, hints, EndStream::kNo);
  Respond(1, 200);
  EXPECT_EQ(
      Sent(),
      "HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\nHTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n");
  EXPECT_TRUE(codec_.reusable());
}

TEST_F(ServerCodecTest, Http10ClientsGetNoInformationalResponse) {
  Feed("GET / HTTP/1.0\r\n\r\n");
  codec_.SendHead(1, NewResponse(103), EndStream::kNo);
  EXPECT_EQ(Sent(), "");
}

TEST_F(ServerCodecTest, AFinalStatusInsteadOfContinueCloses) {
  // The client may send the body or not: bytes that follow could be either.
  Feed("PUT / HTTP/1.1\r\nHost: h\r\nExpect: 100-continue\r\nContent-Length: 28\r\n\r\n");
  Respond(1, 413);
  EXPECT_EQ(Sent(),
            "HTTP/1.1 413 Content Too Large\r\ncontent-length: 0\r\nconnection: close\r\n\r\n");
  EXPECT_FALSE(codec_.wants_input());
  Feed(kGet);
  EXPECT_EQ(recorder_.id(), 1u) << "leftovers are never parsed";
}

TEST_F(ServerCodecTest, DropsTheRestOfARequestThatWasAnsweredEarly) {
  Feed(std::string(kPost) + "he");
  Respond(1, 401);
  EXPECT_FALSE(codec_.request_complete());
  EXPECT_TRUE(codec_.draining());
  EXPECT_TRUE(codec_.reusable());
  recorder_.Forget();
  AnswerEachAtItsEnd();
  EXPECT_EQ(Feed("llo" + std::string(kGet)), StreamError::kNone);
  EXPECT_EQ(recorder_.text(), "head GET /a [h] {Host: h} end\nend\n");
}

TEST_F(ServerCodecTest, DropsOnlySoMuch) {
  Feed("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 1000000\r\n\r\n");
  Respond(1, 401);
  for (int i = 0; i < 70 && codec_.wants_input(); ++i) Feed(std::string(1024, 'x'));
  EXPECT_FALSE(codec_.wants_input());
  EXPECT_FALSE(codec_.reusable());
}

TEST_F(ServerCodecTest, AnswersFromInsideTheHeadEventEndTheStream) {
  recorder_.on_head = [this](StreamId id) { Respond(id, 404); };
  EXPECT_EQ(Feed(std::string(kPost) + "hello" + std::string(kGet)), StreamError::kNone);
  EXPECT_EQ(recorder_.text(),
            "head POST /p [h] {Host: h} {Content-Length: 5}\n"
            "head GET /a [h] {Host: h} end\n")
      << "no event follows the end of the response";
}

TEST_F(ServerCodecTest, PausedReceivingHoldsTheBodyBack) {
  recorder_.on_head = [this](StreamId id) { codec_.PauseReceiving(id, true); };
  Feed(std::string(kPost) + "hello");
  EXPECT_FALSE(codec_.wants_input());
  EXPECT_EQ(recorder_.text(), "head POST /p [h] {Host: h} {Content-Length: 5}\n");
  codec_.PauseReceiving(1, false);
  EXPECT_TRUE(codec_.wants_input());
  EXPECT_EQ(codec_.Feed(in_).error, StreamError::kNone);
  EXPECT_EQ(recorder_.text(), "head POST /p [h] {Host: h} {Content-Length: 5}\nbody hello\nend\n");
}

TEST_F(ServerCodecTest, ResetMakesTheConnectionUnusable) {
  Feed(std::string(kPost) + "he");
  codec_.ResetStream(1);
  EXPECT_FALSE(codec_.reusable());
  EXPECT_FALSE(codec_.wants_input());
  recorder_.Forget();
  Feed("llo");
  Respond(1, 200);
  EXPECT_EQ(recorder_.text(), "");
  EXPECT_EQ(Sent(), "");
}

TEST_F(ServerCodecTest, EndOfTheConnection) {
  EXPECT_EQ(codec_.FeedEnd().error, StreamError::kNone);
  EXPECT_FALSE(codec_.reusable());
}

TEST_F(ServerCodecTest, EndInsideAHeadOrBodyIsEarly) {
  EXPECT_EQ(ServerRecord("GET / HT", options_, {}), "error early_end\n");
  EXPECT_EQ(ServerRecord(std::string(kPost) + "he", options_, {}),
            "head POST /p [h] {Host: h} {Content-Length: 5}\nbody he\nreset early_end\nerror "
            "early_end\n");
  EXPECT_EQ(ServerRecord(std::string(kChunkedPost) + "2\r\nhi\r\n0\r\n", options_, {}),
            "head POST /p [h] {Host: h} {Transfer-Encoding: chunked}\nbody hi\nreset "
            "early_end\nerror early_end\n");
}

TEST_F(ServerCodecTest, AHalfClosedClientStillGetsItsResponse) {
  Feed(kGet);
  EXPECT_EQ(codec_.FeedEnd().error, StreamError::kNone);
  Respond(1, 200, "x");
  EXPECT_EQ(Sent(), "HTTP/1.1 200 OK\r\ncontent-length: 1\r\nconnection: close\r\n\r\nx");
}

TEST_F(ServerCodecTest, AHeadThatDoesNotComeCanBeAnswered) {
  Feed("GET / HTTP/1.1\r\nHo");
  codec_.AbandonHead();
  EXPECT_FALSE(codec_.wants_input());
  Respond(1, 408);
  EXPECT_EQ(Sent(),
            "HTTP/1.1 408 Request Timeout\r\ncontent-length: 0\r\nconnection: close\r\n\r\n");
  EXPECT_FALSE(codec_.reusable());
}

TEST_F(ServerCodecTest, OldStreamIdsAreIgnored) {
  Feed(kGet);
  Respond(1, 204);
  Feed(kGet);
  Sent();
  Respond(1, 200, "late");
  codec_.ResetStream(1);
  EXPECT_EQ(Sent(), "");
  EXPECT_TRUE(codec_.reusable());
}

TEST_F(ServerCodecTest, IdleTellsAHalfReceivedHead) {
  EXPECT_TRUE(codec_.idle());
  Feed("\r\n");
  EXPECT_TRUE(codec_.idle()) << "a stray line end is nothing";
  Feed("GET");
  EXPECT_FALSE(codec_.idle());
}

}  // namespace
}  // namespace sluice::http1
