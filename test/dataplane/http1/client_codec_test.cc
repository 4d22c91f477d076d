#include "dataplane/http1/client_codec.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "test/dataplane/http1/recorder.h"

namespace sluice::http1 {
namespace {

using http::BodyFraming;
using http::EndStream;
using http::StreamError;
using http::StreamId;

// The events of the bytes as answers to requests of these methods, the same at every cut.
std::string Record(const std::string& bytes, const std::vector<std::string>& methods = {"GET"},
                   const Limits& limits = {}) {
  return AtEveryCut(bytes, [&](std::string_view all, Cut cut) {
    return ClientRecord(all, methods, limits, cut);
  });
}

std::string Refused(const std::string& error) {
  return "reset " + error + "\nerror " + error + "\n";
}

class ClientCodecTest : public ::testing::Test {
 protected:
  StreamError Feed(std::string_view bytes) { return FeedPieces(pool_, codec_, in_, bytes, {}); }

  http::Head& Request(std::string_view method) {
    request_.Clear();
    request_.method = http::LookupMethod(method);
    request_.method_text = method;
    request_.path = "/a";
    request_.authority = "up";
    return request_;
  }
  // Opens a stream and sends a request without body.
  StreamId Ask(std::string_view method) {
    const StreamId id = codec_.OpenStream(recorder_);
    codec_.SendHead(id, Request(method), EndStream::kYes);
    return id;
  }
  void SendBody(StreamId id, std::string_view body, EndStream end) {
    buffer::Buffer data;
    data.AppendCopy(pool_, body);
    codec_.SendBody(id, data, end);
    EXPECT_TRUE(data.empty());
  }

  buffer::BlockPool pool_;
  buffer::Arena arena_{pool_};
  Limits limits_;
  Recorder recorder_{pool_};
  ClientCodec codec_{pool_, recorder_, limits_};
  buffer::Buffer in_;
  http::Head request_{arena_};
};

TEST_F(ClientCodecTest, SendsARequestAndReadsTheResponse) {
  EXPECT_EQ(Ask("GET"), 1u);
  EXPECT_EQ(Output(codec_), "GET /a HTTP/1.1\r\nhost: up\r\n\r\n");
  EXPECT_EQ(codec_.AvailableStreams(), 0u);
  EXPECT_EQ(codec_.OpenStream(recorder_), 0u);
  EXPECT_EQ(Feed("HTTP/1.1 200 OK\r\nContent-Length: 2\r\nX: y\r\n\r\nhi"), StreamError::kNone);
  EXPECT_EQ(recorder_.text(), "head 200 OK {Content-Length: 2} {X: y}\nbody hi\nend\n");
  EXPECT_TRUE(codec_.idle());
  EXPECT_TRUE(codec_.reusable());
  EXPECT_EQ(codec_.AvailableStreams(), 1u);
}

TEST_F(ClientCodecTest, FramesRequestBodies) {
  StreamId id = codec_.OpenStream(recorder_);
  http::Head& length = Request("POST");
  length.framing = BodyFraming::kLength;
  length.content_length = 5;
  codec_.SendHead(id, length, EndStream::kNo);
  SendBody(id, "hello", EndStream::kYes);
  EXPECT_EQ(Output(codec_), "POST /a HTTP/1.1\r\nhost: up\r\ncontent-length: 5\r\n\r\nhello");
  Feed("HTTP/1.1 204 No\r\n\r\n");

  id = codec_.OpenStream(recorder_);
  http::Head& stream = Request("POST");
  stream.framing = BodyFraming::kStream;
  codec_.SendHead(id, stream, EndStream::kNo);
  SendBody(id, "hello", EndStream::kNo);
  http::Head trailers(arena_);
  trailers.Append("X-Sum", "1");
  codec_.SendTrailers(id, trailers);
  EXPECT_EQ(Output(codec_),
            "POST /a HTTP/1.1\r\nhost: up\r\ntransfer-encoding: "
            "chunked\r\n\r\n5\r\nhello\r\n0\r\nX-Sum: 1\r\n\r\n");
  Feed("HTTP/1.1 204 No\r\n\r\n");
  EXPECT_TRUE(codec_.reusable());
}

TEST_F(ClientCodecTest, SaysSoWhenAMethodThatCarriesContentHasNone) {  // RFC 9110 8.6
  Ask("POST");
  EXPECT_EQ(Output(codec_), "POST /a HTTP/1.1\r\nhost: up\r\ncontent-length: 0\r\n\r\n");
  Feed("HTTP/1.1 204 No\r\n\r\n");
  Ask("DELETE");
  EXPECT_EQ(Output(codec_), "DELETE /a HTTP/1.1\r\nhost: up\r\n\r\n");
}

TEST_F(ClientCodecTest, LastRequestOfAConnectionSaysClose) {
  codec_.CloseAfterStream();
  Ask("GET");
  EXPECT_EQ(Output(codec_), "GET /a HTTP/1.1\r\nhost: up\r\nconnection: close\r\n\r\n");
  Feed("HTTP/1.1 204 No\r\n\r\n");
  EXPECT_FALSE(codec_.reusable());
  EXPECT_EQ(codec_.AvailableStreams(), 0u);
}

TEST_F(ClientCodecTest, AHandlerMayOpenTheNextStreamAtTheEnd) {
  EXPECT_EQ(Record("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n", {"GET", "GET"}).substr(0, 41),
            "head 200 OK {Content-Length: 0} end\nend\nr");
  recorder_.on_end = [this](StreamId) {
    recorder_.on_end = nullptr;
    EXPECT_TRUE(codec_.reusable());
    EXPECT_EQ(Ask("GET"), 2u);
  };
  Ask("GET");
  EXPECT_EQ(Feed("HTTP/1.1 204 No\r\n\r\n"), StreamError::kNone);
  EXPECT_EQ(Feed("HTTP/1.1 204 No\r\n\r\n"), StreamError::kNone);
  EXPECT_EQ(recorder_.text(), "head 204 No end\nend\nhead 204 No end\nend\n");
}

TEST_F(ClientCodecTest, ReadsEveryFramingOfAResponse) {  // RFC 9112 6.3
  EXPECT_EQ(Record("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nhi\r\n0\r\nX: "
                   "y\r\nSet-Cookie: a\r\n\r\n"),
            "head 200 OK {Transfer-Encoding: chunked}\nbody hi\ntrailers {X: y}\nend\n");
  EXPECT_EQ(Record("HTTP/1.1 200 OK\r\n\r\nhello"), "last\nhead 200 OK\nbody hello\nend\n");
  EXPECT_EQ(Record("HTTP/1.0 200 OK\r\nContent-Length: 2\r\n\r\nhi"),
            "last\nhead 200 OK {Content-Length: 2}\nbody hi\nend\n");
  EXPECT_EQ(Record("HTTP/1.0 200 OK\r\nConnection: keep-alive\r\nContent-Length: 0\r\n\r\n"),
            "head 200 OK {Connection: keep-alive} {Content-Length: 0} end\nend\n");
}

TEST_F(ClientCodecTest, MalformedResponsesFailTheStream) {
  const std::string ok = "HTTP/1.1 200 OK\r\n";
  EXPECT_EQ(Record(ok + "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n"),
            Refused("length_and_encoding"));
  EXPECT_EQ(Record(ok + "Content-Length: 5\r\nContent-Length: 5\r\n\r\n"),
            Refused("bad_content_length"));
  EXPECT_EQ(Record(ok + "Content-Length: 5, 5\r\n\r\n"), Refused("bad_content_length"));
  EXPECT_EQ(Record(ok + "A: b\r\n c\r\n\r\n"), Refused("obs_fold"));
  EXPECT_EQ(Record(ok + std::string("A: b\0c\r\n\r\n", 10)), Refused("bad_field_value"));
  EXPECT_EQ(Record(ok + "A : b\r\n\r\n"), Refused("bad_field_name"));
  EXPECT_EQ(Record(ok + "A: b\n\n"), Refused("bare_lf"));
  EXPECT_EQ(Record("HTTP/1.1 99 X\r\n\r\n"), Refused("bad_status"));
  EXPECT_EQ(Record("HTTP/1.1 2000 X\r\n\r\n"), Refused("bad_status"));
  EXPECT_EQ(Record("HTTP/1.1 abc X\r\n\r\n"), Refused("bad_status"));
  EXPECT_EQ(Record("<html>hello"), Refused("bad_start_line")) << "HTTP/0.9";
  EXPECT_EQ(Record("HTML"), Refused("bad_start_line"));
  EXPECT_EQ(Record("\r\nHTTP/1.1 200 OK\r\n\r\n"), Refused("bad_start_line"));
  EXPECT_EQ(Record(ok + "A: " + std::string(300, 'x'), {"GET"}, {.head = 200}),
            Refused("head_too_large"));
  EXPECT_EQ(Record(ok + "Transfer-Encoding: chunked\r\n\r\nx"),
            "head 200 OK {Transfer-Encoding: chunked}\nreset bad_chunk\nerror bad_chunk\n");
}

TEST_F(ClientCodecTest, AnErrorInHalfAHeadCountsOnceTheHeadIsWhole) {
  const std::string half = "HTTP/1.1 200 OK\r\nA: \4";
  EXPECT_EQ(Record(half), Record("HTTP/1.1 200 OK\r\nA: b"));
  EXPECT_EQ(Record(half + "\r\n\r\n"), Refused("bad_field_value"));
}

TEST_F(ClientCodecTest, InformationalResponsesComeInOrderAndAreCounted) {  // RFC 9110 15.2
  const std::string hint = "HTTP/1.1 103 Early Hints\r\nLink: a\r\nContent-Length: 5\r\n\r\n";
  EXPECT_EQ(
      Record("HTTP/1.1 100 Continue\r\n\r\n" + hint + "HTTP/1.1 204 No\r\n\r\n"),
      "informational 100 Continue\ninformational 103 Early Hints {Link: a} {Content-Length: 5}\n"
      "head 204 No end\nend\n");
  std::string many, record;
  for (int i = 0; i < 8; ++i) {
    many += "HTTP/1.1 100 C\r\n\r\n";
    record += "informational 100 C\n";
  }
  EXPECT_EQ(Record(many + "HTTP/1.1 204 No\r\n\r\n"), record + "head 204 No end\nend\n");
  EXPECT_EQ(Record(many + "HTTP/1.1 102 P\r\n\r\n"), record + Refused("too_many_informational"));
}

TEST_F(ClientCodecTest, BytesBehindTheResponseMakeTheConnectionUnusable) {
  for (const char* response :
       {"HTTP/1.1 204 No\r\n\r\nbody", "HTTP/1.1 304 Not\r\nContent-Length: 4\r\n\r\nbody",
        "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhihi",
        "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n\r\n",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\nx"}) {
    const std::string record = Record(response);
    EXPECT_NE(record.find("end\nerror unexpected_bytes\n"), std::string::npos) << record;
  }
  EXPECT_EQ(Record("HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nbody", {"HEAD"}),
            "head 200 OK {Content-Length: 4} end\nend\nerror unexpected_bytes\n");
  recorder_.on_end = [this](StreamId) {
    EXPECT_FALSE(codec_.reusable()) << "known before the end is told";
  };
  Ask("HEAD");
  EXPECT_EQ(Feed("HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nbody"),
            StreamError::kUnexpectedBytes);
  EXPECT_TRUE(in_.empty());
  EXPECT_EQ(codec_.OpenStream(recorder_), 0u);
}

TEST_F(ClientCodecTest, BytesWithoutARequestAreUnexpected) {
  EXPECT_EQ(Feed("HTTP/1.1 200 OK\r\n\r\n"), StreamError::kUnexpectedBytes);
  EXPECT_FALSE(codec_.reusable());
  EXPECT_EQ(codec_.AvailableStreams(), 0u);
}

TEST_F(ClientCodecTest, AnAnswerBeforeTheQuestionIsNotForIt) {
  codec_.OpenStream(recorder_);
  EXPECT_EQ(Feed("HTTP/1.1 200 OK\r\n\r\n"), StreamError::kUnexpectedBytes);
  EXPECT_EQ(recorder_.text(), "reset unexpected_bytes\n");
}

TEST_F(ClientCodecTest, EarlyEndsAreNeverCleanEnds) {  // RFC 9112 8
  EXPECT_EQ(Record("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhel"),
            "head 200 OK {Content-Length: 5}\nbody hel\nreset early_end\nerror early_end\n");
  EXPECT_EQ(
      Record("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhel"),
      "head 200 OK {Transfer-Encoding: chunked}\nbody hel\nreset early_end\nerror early_end\n");
  EXPECT_EQ(Record("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n"),
            "head 200 OK {Transfer-Encoding: chunked}\nreset early_end\nerror early_end\n");
  EXPECT_EQ(Record("HTTP/1.1 200 OK\r\nConte"), Refused("early_end"));
  EXPECT_EQ(Record(""), Refused("early_end"));
  EXPECT_EQ(codec_.FeedEnd().error, StreamError::kNone) << "an idle connection just ends";
  EXPECT_FALSE(codec_.reusable());
  EXPECT_EQ(codec_.AvailableStreams(), 0u);
}

TEST_F(ClientCodecTest, AResponseBeforeTheEndOfTheRequestIsTheLast) {
  const StreamId id = codec_.OpenStream(recorder_);
  http::Head& head = Request("POST");
  head.framing = BodyFraming::kLength;
  head.content_length = 5;
  codec_.SendHead(id, head, EndStream::kNo);
  SendBody(id, "he", EndStream::kNo);
  Output(codec_);
  EXPECT_EQ(Feed("HTTP/1.1 413 Too Large\r\nContent-Length: 0\r\n\r\n"), StreamError::kNone);
  EXPECT_EQ(recorder_.text(), "head 413 Too Large {Content-Length: 0} end\nend\n");
  EXPECT_FALSE(codec_.reusable());
  SendBody(id, "llo", EndStream::kYes);
  EXPECT_EQ(Output(codec_), "");
}

TEST_F(ClientCodecTest, CloseOfTheResponseEndsTheConnection) {
  Ask("GET");
  EXPECT_EQ(Feed("HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 0\r\n\r\n"),
            StreamError::kNone);
  EXPECT_EQ(recorder_.text(),
            "last\nhead 200 OK {Connection: close} {Content-Length: 0} end\nend\n");
  EXPECT_FALSE(codec_.reusable());
}

TEST_F(ClientCodecTest, ResetEndsTheStreamWithoutEvents) {
  const StreamId id = Ask("GET");
  codec_.ResetStream(id);
  EXPECT_FALSE(codec_.reusable());
  EXPECT_FALSE(codec_.wants_input());
  EXPECT_EQ(Feed("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"), StreamError::kNone);
  EXPECT_EQ(recorder_.text(), "");
}

TEST_F(ClientCodecTest, ResetFromInsideEventsStopsThem) {
  recorder_.on_body = [this](StreamId) { codec_.ResetStream(1); };
  Ask("GET");
  EXPECT_EQ(Feed("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi"), StreamError::kNone);
  EXPECT_EQ(recorder_.text(), "head 200 OK {Content-Length: 2}\nbody hi\n");
  EXPECT_FALSE(codec_.reusable());
}

TEST_F(ClientCodecTest, PausedReceivingHoldsTheBodyBack) {
  recorder_.on_head = [this](StreamId) { codec_.PauseReceiving(1, true); };
  Ask("GET");
  Feed("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi");
  EXPECT_EQ(recorder_.text(), "head 200 OK {Content-Length: 2}\n");
  EXPECT_FALSE(codec_.wants_input());
  codec_.PauseReceiving(1, false);
  EXPECT_EQ(codec_.Feed(in_).error, StreamError::kNone);
  EXPECT_EQ(recorder_.text(), "head 200 OK {Content-Length: 2}\nbody hi\nend\n");
}

}  // namespace
}  // namespace sluice::http1
