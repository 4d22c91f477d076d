#include "dataplane/http1/head_writer.h"

#include <gtest/gtest.h>

#include <string>

#include "dataplane/http1/head_parser.h"

namespace sluice::http1 {
namespace {

using http::FieldId;
using Kind = FramingLine::Kind;

class HeadWriterTest : public ::testing::Test {
 protected:
  void ReceiveRequest(std::string_view text) {
    head_.HoldBytes(buffer::Slice::Copy(pool_, text));
    const RequestRules rules{.underscores = UnderscorePolicy::kDrop};
    ASSERT_EQ(ParseRequestHead(head_.received(), {}, rules, head_).error, http::StreamError::kNone);
  }
  void ReceiveResponse(std::string_view text) {
    head_.HoldBytes(buffer::Slice::Copy(pool_, text));
    ASSERT_EQ(ParseResponseHead(head_.received(), {}, http::Method::kGet, head_).error,
              http::StreamError::kNone);
  }
  std::string Request(FramingLine framing = {}, ConnectionLine connection = ConnectionLine::kOmit) {
    buffer::Buffer out;
    WriteRequestHead(pool_, head_, framing, connection, out);
    return out.ToString();
  }
  std::string Response(FramingLine framing = {},
                       ConnectionLine connection = ConnectionLine::kOmit) {
    buffer::Buffer out;
    WriteResponseHead(pool_, head_, framing, connection, out);
    return out.ToString();
  }

  buffer::BlockPool pool_;
  buffer::Arena arena_{pool_};
  http::Head head_{arena_};
};

TEST_F(HeadWriterTest, CopiesReceivedLinesAsTheyAre) {
  const std::string text = "GET /a?b HTTP/1.1\r\nHost:  h \r\nx-A:1\r\nX-b: \t2 \r\n\r\n";
  ReceiveRequest(text);
  EXPECT_EQ(Request(), text);
}

TEST_F(HeadWriterTest, LeavesOutRemovedLinesAndAddsNewOnes) {
  ReceiveRequest("GET / HTTP/1.1\r\nA: 1\r\nHost: h\r\nB: 2\r\nC_c: x\r\nC: 3\r\nD: 4\r\n\r\n");
  head_.Remove("b");
  head_.Remove("d");
  head_.Append("X-New", "5");
  head_.Set("a", "6");
  EXPECT_EQ(Request(), "GET / HTTP/1.1\r\nHost: h\r\nC: 3\r\nX-New: 5\r\na: 6\r\n\r\n");
}

TEST_F(HeadWriterTest, HopByHopLinesAreItsOwn) {  // RFC 9110 7.6.1
  ReceiveRequest(
      "POST / HTTP/1.1\r\nHost: h\r\nConnection: keep-alive, x-a\r\nKeep-Alive: 5\r\nX-A: 1\r\n"
      "Proxy-Connection: close\r\nTE: trailers\r\nUpgrade: foo\r\nHTTP2-Settings: x\r\n"
      "Content-Length: 0003\r\nB: 2\r\n\r\n");
  EXPECT_EQ(Request({Kind::kLength, 3}),
            "POST / HTTP/1.1\r\nHost: h\r\nB: 2\r\ncontent-length: 3\r\n\r\n");
  EXPECT_EQ(Request({Kind::kChunked}, ConnectionLine::kClose),
            "POST / HTTP/1.1\r\nHost: h\r\nB: 2\r\ntransfer-encoding: chunked\r\nconnection: "
            "close\r\n\r\n");
  EXPECT_EQ(Request({}, ConnectionLine::kUpgrade),
            "POST / HTTP/1.1\r\nHost: h\r\nB: 2\r\nconnection: upgrade\r\nUpgrade: foo\r\n\r\n");
}

TEST_F(HeadWriterTest, HostSaysWhatTheAuthoritySays) {
  ReceiveRequest("GET / HTTP/1.1\r\nA: 1\r\nHost: H.example:80\r\nB: 2\r\n\r\n");
  head_.authority = "h.example";
  EXPECT_EQ(Request(), "GET / HTTP/1.1\r\nhost: h.example\r\nA: 1\r\nB: 2\r\n\r\n");
}

TEST_F(HeadWriterTest, TargetIsThePathAndQueryAsTheyAreNow) {
  ReceiveRequest("GET http://h/old?q HTTP/1.1\r\nHost: h\r\n\r\n");
  head_.path = "/new";
  EXPECT_EQ(Request(), "GET /new?q HTTP/1.1\r\nHost: h\r\n\r\n");
  head_.has_query = false;
  EXPECT_EQ(Request(), "GET /new HTTP/1.1\r\nHost: h\r\n\r\n");
}

TEST_F(HeadWriterTest, ConnectNamesTheAuthority) {
  ReceiveRequest("CONNECT b:443 HTTP/1.1\r\nHost: b:443\r\n\r\n");
  EXPECT_EQ(Request(), "CONNECT b:443 HTTP/1.1\r\nHost: b:443\r\n\r\n");
}

TEST_F(HeadWriterTest, NothingAFilterAddsCanMakeALine) {
  head_.method_text = "GET";
  head_.path = "/a b\r\nX: y#\x80";
  head_.has_query = true;
  head_.query = "\n";
  head_.authority = "h\r\nEvil: 1";
  head_.Append("X-A", " b\r\nEvil: 2");
  head_.Append("X-B", std::string_view("c\0d", 3));
  head_.Append("Bad Name", "e");
  head_.Append("Bad\r\nEvil", "f");
  head_.Append("", "g");
  EXPECT_EQ(Request(),
            "GET /a%20b%0D%0AX:%20y%23%80?%0A HTTP/1.1\r\nhost: h  Evil: 1\r\nX-A: b  Evil: 2\r\n"
            "X-B: c d\r\n\r\n");
  head_.Clear();
  head_.status = 200;
  head_.reason = "O\r\nK";
  EXPECT_EQ(Response(), "HTTP/1.1 200 O  K\r\n\r\n");
}

TEST_F(HeadWriterTest, ResponsesGetTheRegisteredPhraseWithoutOne) {
  head_.status = 404;
  EXPECT_EQ(Response({Kind::kLength, 18446744073709551615u}, ConnectionLine::kKeepAlive),
            "HTTP/1.1 404 Not Found\r\ncontent-length: 18446744073709551615\r\n"
            "connection: keep-alive\r\n\r\n");
  head_.status = 299;
  EXPECT_EQ(Response(), "HTTP/1.1 299 \r\n\r\n");
  ReceiveResponse("HTTP/1.0 200 Fine\r\nSet-Cookie: a\r\nSet-Cookie: b\r\nConnection: x\r\n\r\n");
  EXPECT_EQ(Response(), "HTTP/1.1 200 Fine\r\nSet-Cookie: a\r\nSet-Cookie: b\r\n\r\n");
}

TEST_F(HeadWriterTest, HeadsLargerThanTheReceivedOneStillFit) {
  head_.status = 200;
  const std::string value(5000, 'v');
  std::string expected = "HTTP/1.1 200 OK\r\n";
  for (int i = 0; i < 20; ++i) {
    head_.Append("X-Long", value);
    expected += "X-Long: " + value + "\r\n";
  }
  EXPECT_EQ(Response(), expected + "\r\n");
}

TEST_F(HeadWriterTest, ALengthThatSaysTheSameStaysWhereItIs) {
  ReceiveRequest("POST / HTTP/1.1\r\nContent-Length:  3 \r\nHost: h\r\n\r\n");
  EXPECT_EQ(Request({Kind::kLength, 3}),
            "POST / HTTP/1.1\r\nContent-Length:  3 \r\nHost: h\r\n\r\n");
  EXPECT_EQ(Request({Kind::kLength, 4}), "POST / HTTP/1.1\r\nHost: h\r\ncontent-length: 4\r\n\r\n");
  EXPECT_EQ(Request({}), "POST / HTTP/1.1\r\nHost: h\r\n\r\n");
  head_.Append("Content-Length", "3");
  EXPECT_EQ(Request({Kind::kLength, 3}),
            "POST / HTTP/1.1\r\nContent-Length:  3 \r\nHost: h\r\n\r\n")
      << "an added one is never written";
  head_.Set(FieldId::kContentLength, "3");
  EXPECT_EQ(Request({Kind::kLength, 3}), "POST / HTTP/1.1\r\nHost: h\r\ncontent-length: 3\r\n\r\n");
  head_.Clear();
  ReceiveResponse("HTTP/1.1 200 OK\r\nContent-Length: 0\r\nA: 1\r\n\r\n");
  EXPECT_EQ(Response({Kind::kLength, 0}), "HTTP/1.1 200 OK\r\nContent-Length: 0\r\nA: 1\r\n\r\n");
  head_.Clear();
  ReceiveResponse("HTTP/1.1 200 OK\r\nContent-Length: 00\r\n\r\n");
  EXPECT_EQ(Response({Kind::kLength, 0}), "HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n");
}

TEST_F(HeadWriterTest, WritesTheStartLineAnewWhenAnyPartOfItChanged) {
  const std::string_view text = "GET /a?b HTTP/1.1\r\nHost: h\r\n\r\n";
  const auto first_line = [this](auto change) {
    change();
    const std::string out = Request();
    head_.Clear();
    return out.substr(0, out.find('\r'));
  };
  const auto received = [&](std::string_view request, auto change) {
    ReceiveRequest(request);
    return first_line(change);
  };
  EXPECT_EQ(received(text, [] {}), "GET /a?b HTTP/1.1");
  EXPECT_EQ(received(text, [this] { head_.method_text = "HEAD"; }), "HEAD /a?b HTTP/1.1");
  EXPECT_EQ(received(text, [this] { head_.path = "/c"; }), "GET /c?b HTTP/1.1");
  EXPECT_EQ(received(text, [this] { head_.path = head_.path.substr(0, 1); }), "GET /?b HTTP/1.1");
  EXPECT_EQ(received(text, [this] { head_.query = "d"; }), "GET /a?d HTTP/1.1");
  EXPECT_EQ(received(text, [this] { head_.query = {}; }), "GET /a? HTTP/1.1");
  EXPECT_EQ(received(text, [this] { head_.has_query = false; }), "GET /a HTTP/1.1");
  EXPECT_EQ(received("GET /a HTTP/1.1\r\nHost: h\r\n\r\n",
                     [this] {
                       head_.has_query = true;
                       head_.query = "e";
                     }),
            "GET /a?e HTTP/1.1");
  EXPECT_EQ(received("GET /a HTTP/1.0\r\n\r\n", [] {}), "GET /a HTTP/1.1");
  EXPECT_EQ(received("GET /a HTTP/1.7\r\nHost: h\r\n\r\n", [] {}), "GET /a HTTP/1.1");
  ReceiveResponse("HTTP/1.1 200 Fine\r\n\r\n");
  EXPECT_EQ(Response(), "HTTP/1.1 200 Fine\r\n\r\n");
  head_.status = 201;
  EXPECT_EQ(Response(), "HTTP/1.1 201 Fine\r\n\r\n");
  head_.status = 200;
  head_.reason = "OK";
  EXPECT_EQ(Response(), "HTTP/1.1 200 OK\r\n\r\n");
}

TEST_F(HeadWriterTest, WholeLinesAreCopiedFromWhereverTheyLie) {
  ReceiveRequest("GET / HTTP/1.1\r\nHost: h\r\nA: 1\r\nB: 2\r\n\r\n");
  const std::string block = "via: 1.1 a\r\nx-request-id: 7\r\n";
  head_.AppendLine(FieldId::kVia, std::string_view(block).substr(0, 12));
  head_.AppendLine(FieldId::kXRequestId, std::string_view(block).substr(12));
  head_.Append("C", "3");
  head_.AppendLine(FieldId::kServer, "server: s\r\n");
  EXPECT_EQ(Request(),
            "GET / HTTP/1.1\r\nHost: h\r\nA: 1\r\nB: 2\r\nvia: 1.1 a\r\nx-request-id: 7\r\n"
            "C: 3\r\nserver: s\r\n\r\n");
  head_.Remove("a");
  head_.Remove(FieldId::kVia);
  EXPECT_EQ(Request(),
            "GET / HTTP/1.1\r\nHost: h\r\nB: 2\r\nx-request-id: 7\r\nC: 3\r\nserver: s\r\n\r\n");
}

}  // namespace
}  // namespace sluice::http1
