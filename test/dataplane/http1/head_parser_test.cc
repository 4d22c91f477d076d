#include "dataplane/http1/head_parser.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <memory>
#include <string>

#include "test/dataplane/http1/recorder.h"

namespace sluice::http1 {
namespace {

using http::BodyFraming;
using http::Head;
using http::Method;
using http::StreamError;

class HeadParserTest : public ::testing::Test {
 protected:
  // The head lives until the next call.
  const Head& Request(const std::string& text) {
    bytes_ = text;
    head_.Clear();
    result_ = ParseRequestHead(bytes_, limits_, {}, head_);
    return head_;
  }
  const Head& Response(const std::string& text, Method request = Method::kGet) {
    bytes_ = text;
    head_.Clear();
    result_ = ParseResponseHead(bytes_, limits_, request, head_);
    return head_;
  }
  StreamError RequestError(const std::string& text) {
    Request(text);
    return result_.error;
  }
  StreamError ResponseError(const std::string& text) {
    Response(text);
    return result_.error;
  }

  buffer::BlockPool pool_;
  buffer::Arena arena_{pool_};
  Limits limits_;
  std::string bytes_;
  Head head_{arena_};
  HeadResult result_;
};

TEST_F(HeadParserTest, RefersToTheBytesWithoutCopies) {
  const Head& head = Request("GET /a HTTP/1.1\r\nHost: h\r\nA: b\r\n\r\nrest");
  EXPECT_EQ(result_.consumed, bytes_.size() - 4);
  EXPECT_EQ(head.path.data(), bytes_.data() + 4);
  EXPECT_EQ(head.at(1).name_data, bytes_.data() + bytes_.find("A: b"));
  EXPECT_EQ(head.at(1).flags, http::Field::kWholeLine);
  EXPECT_EQ(head.received_bytes, 15u);
}

TEST_F(HeadParserTest, HalfAHeadIsNoVerdict) {
  const std::string text =
      "GET /a HTTP/1.1\r\nHost: h\r\nContent-Length: 3\r\n"
      "X-Name-Of-Twenty-Four-Bytes: value of some bytes\r\nA: b\r\nVia: c\r\n\r\n";
  for (size_t n = 0; n < text.size(); ++n) {
    // Memory of exactly that size, so that a sanitizer sees a read behind it.
    const auto exact = std::make_unique<char[]>(n);
    std::copy_n(text.data(), n, exact.get());
    head_.Clear();
    const HeadResult result = ParseRequestHead({exact.get(), n}, limits_, {}, head_);
    EXPECT_EQ(result.error, StreamError::kNone) << n;
    EXPECT_EQ(result.consumed, 0u) << n;
  }
  head_.Clear();
}

TEST_F(HeadParserTest, PersistenceFollowsVersionAndConnection) {  // RFC 9112 9.3
  const auto keeps = [&](const char* version, const char* connection) {
    return Request(fmt::format("GET / {}\r\nHost: h\r\n{}\r\n", version, connection)).keep_alive;
  };
  EXPECT_TRUE(keeps("HTTP/1.1", ""));
  EXPECT_FALSE(keeps("HTTP/1.1", "Connection: close\r\n"));
  EXPECT_FALSE(keeps("HTTP/1.1", "Connection: x, CLOSE\r\n"));
  EXPECT_FALSE(keeps("HTTP/1.1", "Connection: keep-alive\r\nConnection: close\r\n"));
  EXPECT_TRUE(keeps("HTTP/1.1", "Proxy-Connection: close\r\n"));
  EXPECT_FALSE(keeps("HTTP/1.0", ""));
  EXPECT_TRUE(keeps("HTTP/1.0", "Connection: Keep-Alive\r\n"));
  EXPECT_FALSE(keeps("HTTP/1.0", "Connection: keep-alive, close\r\n"));
}

TEST_F(HeadParserTest, UpgradeNeedsBothFieldsAndHttp11) {  // RFC 9110 7.8
  const auto upgrades = [&](const char* version, const char* lines) {
    return Request(fmt::format("GET / {}\r\nHost: h\r\n{}\r\n", version, lines)).has_upgrade;
  };
  EXPECT_TRUE(upgrades("HTTP/1.1", "Upgrade: websocket\r\nConnection: Upgrade\r\n"));
  EXPECT_TRUE(upgrades("HTTP/1.1", "Connection: keep-alive, upgrade\r\nUpgrade: foo/2\r\n"));
  EXPECT_FALSE(upgrades("HTTP/1.1", "Upgrade: websocket\r\n"));
  EXPECT_FALSE(upgrades("HTTP/1.1", "Connection: upgrade\r\n"));
  EXPECT_FALSE(upgrades("HTTP/1.1", "Upgrade:\r\nConnection: upgrade\r\n"));
  EXPECT_FALSE(upgrades("HTTP/1.0", "Upgrade: websocket\r\nConnection: upgrade\r\n"));
  EXPECT_FALSE(upgrades(
      "HTTP/1.1", "Upgrade: h2c\r\nConnection: upgrade, http2-settings\r\nHTTP2-Settings: x\r\n"));
  EXPECT_FALSE(upgrades("HTTP/1.1", "Upgrade: websocket, H2C\r\nConnection: upgrade\r\n"));
}

TEST_F(HeadParserTest, FramingOfRequests) {  // RFC 9112 6.3
  EXPECT_EQ(Request("GET / HTTP/1.1\r\nHost: h\r\n\r\n").framing, BodyFraming::kNone);
  EXPECT_EQ(Request("POST / HTTP/1.1\r\nHost: h\r\n\r\n").framing, BodyFraming::kNone);
  const Head& length = Request("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 17\r\n\r\n");
  EXPECT_EQ(length.framing, BodyFraming::kLength);
  EXPECT_EQ(length.content_length, 17u);
  EXPECT_EQ(Request("GET / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n").framing,
            BodyFraming::kChunked);
}

TEST_F(HeadParserTest, ExpectationMattersOnlyWithABodyInHttp11) {  // RFC 9110 10.1.1
  EXPECT_TRUE(
      Request("PUT / HTTP/1.1\r\nHost: h\r\nExpect: 100-continue\r\nContent-Length: 1\r\n\r\n")
          .expect_continue);
  EXPECT_TRUE(
      Request(
          "PUT / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\nExpect: 100-CONTINUE\r\n\r\n")
          .expect_continue);
  EXPECT_FALSE(
      Request("PUT / HTTP/1.1\r\nHost: h\r\nExpect: 100-continue\r\nContent-Length: 0\r\n\r\n")
          .expect_continue);
  EXPECT_FALSE(
      Request("PUT / HTTP/1.1\r\nHost: h\r\nExpect: 100-continue\r\n\r\n").expect_continue);
  EXPECT_FALSE(
      Request("PUT / HTTP/1.0\r\nHost: h\r\nExpect: 100-continue\r\nContent-Length: 1\r\n\r\n")
          .expect_continue);
}

TEST_F(HeadParserTest, HostIsThereOnceAndValid) {  // RFC 9112 3.2
  EXPECT_EQ(RequestError("GET / HTTP/1.1\r\n\r\n"), StreamError::kMissingHost);
  EXPECT_EQ(RequestError("GET http://b/ HTTP/1.1\r\n\r\n"), StreamError::kMissingHost);
  EXPECT_EQ(RequestError("GET / HTTP/1.0\r\n\r\n"), StreamError::kNone);
  EXPECT_EQ(head_.authority, "");
  EXPECT_EQ(RequestError("GET / HTTP/1.0\r\nHost: a,b\r\n\r\n"), StreamError::kBadHost);
  EXPECT_EQ(RequestError("GET / HTTP/1.1\r\nHost: a\r\nHost: a\r\n\r\n"), StreamError::kBadHost);
  EXPECT_EQ(RequestError("GET / HTTP/1.1\r\nHost: a\r\nX: y\r\nhost: b\r\n\r\n"),
            StreamError::kBadHost);
  for (const char* host : {"", "a, b", "a,b", "u@a", "a/b", "a#b", "a?b", "a b", "a:65536",
                           "[::1%25lo]", "[::1", "a:b", "..", "\xC3\xBC", "a\\b"}) {
    EXPECT_EQ(RequestError(fmt::format("GET / HTTP/1.1\r\nHost: {}\r\n\r\n", host)),
              StreamError::kBadHost)
        << host;
    EXPECT_EQ(RequestError(fmt::format("GET http://b/ HTTP/1.1\r\nHost: {}\r\n\r\n", host)),
              StreamError::kBadHost)
        << host;
  }
  for (const char* host : {"a", "A.b:80", "[::1]:8080", "1.2.3.4", "a."}) {
    EXPECT_EQ(RequestError(fmt::format("GET / HTTP/1.1\r\nHost: {}\r\n\r\n", host)),
              StreamError::kNone);
    EXPECT_EQ(head_.authority, host);
  }
}

TEST_F(HeadParserTest, SchemeIsTheTransports) {
  EXPECT_EQ(Request("GET / HTTP/1.1\r\nHost: h\r\n\r\n").scheme, "http");
  bytes_ = "GET / HTTP/1.1\r\nHost: h\r\n\r\n";
  head_.Clear();
  const RequestRules rules{.scheme = "https"};
  EXPECT_EQ(ParseRequestHead(bytes_, limits_, rules, head_).error, StreamError::kNone);
  EXPECT_EQ(head_.scheme, "https");
}

TEST_F(HeadParserTest, HeadsOverTheLimitAre431WhateverComesFirst) {
  limits_.head = 100;
  const std::string start = "GET / HTTP/1.1\r\nHost: h\r\n";
  const std::string exact = start + "A: " + std::string(100 - start.size() - 7, 'x') + "\r\n\r\n";
  ASSERT_EQ(exact.size(), 100u);
  EXPECT_EQ(RequestError(exact), StreamError::kNone);
  EXPECT_EQ(RequestError(start + "B" + exact.substr(start.size())), StreamError::kHeadTooLarge);
  std::string small;
  for (int i = 0; i < 30; ++i) small += "a:\r\n";
  EXPECT_EQ(RequestError(start + small + "\r\n"), StreamError::kHeadTooLarge);
  EXPECT_EQ(RequestError(start + "A: " + std::string(1000, 'x')), StreamError::kHeadTooLarge);
  EXPECT_EQ(RequestError(start + std::string(1000, 'x')), StreamError::kHeadTooLarge);
  EXPECT_EQ(RequestError(start + "bad line\r\n" + std::string(1000, 'x')),
            StreamError::kBadFieldName)
      << "what was complete before the limit is judged first";
  EXPECT_EQ(RequestError(start + std::string(70, 'x')), StreamError::kNone);
}

TEST_F(HeadParserTest, StatusLines) {  // RFC 9112 4
  const Head& head = Response("HTTP/1.1 404 Not  Found\xFF\r\n\r\n");
  EXPECT_EQ(head.status, 404);
  EXPECT_EQ(head.reason, "Not  Found\xFF");
  EXPECT_EQ(Response("HTTP/1.1 200 \r\n\r\n").reason, "");
  EXPECT_EQ(Response("HTTP/1.1 200\r\n\r\n").status, 200);
  EXPECT_EQ(Response("HTTP/1.0 200 OK\r\n\r\n").version, http::Version::kHttp10);
  for (const char* status :
       {"99", "099", "000", "600", "999", "2000", "abc", "20", "2O0", "-20", " 200"}) {
    EXPECT_EQ(ResponseError(fmt::format("HTTP/1.1 {} OK\r\n\r\n", status)), StreamError::kBadStatus)
        << status;
  }
  for (const char* line : {"HTTP/1.1200 OK", "HTTP/1.1\t200 OK", "HTTP/1.1 200\tOK",
                           "HTTP/1.1 200OK", "HTTP/1.1", "http/1.1 200 OK", "ICY 200 OK",
                           "200 OK and more words", "HTTP/1.1 200 O\rK", "HTTP/1.1 200 \x01"}) {
    EXPECT_EQ(ResponseError(std::string(line) + "\r\nA: bcdefghijk\r\n\r\n"),
              StreamError::kBadStartLine)
        << line;
  }
  EXPECT_EQ(ResponseError("HTTP/2.0 200 OK\r\n\r\n"), StreamError::kBadVersion);
  EXPECT_EQ(ResponseError("HTTP/1.1 200 OK\n\n"), StreamError::kBareLf);
}

TEST_F(HeadParserTest, FramingOfResponses) {  // RFC 9112 6.3
  const std::string ok = "HTTP/1.1 200 OK\r\n";
  EXPECT_EQ(Response(ok + "\r\n").framing, BodyFraming::kUntilClose);
  EXPECT_FALSE(head_.keep_alive);
  EXPECT_EQ(Response(ok + "Content-Length: 3\r\n\r\n").framing, BodyFraming::kLength);
  EXPECT_TRUE(head_.keep_alive);
  EXPECT_EQ(Response(ok + "Transfer-Encoding: chunked\r\n\r\n").framing, BodyFraming::kChunked);
  EXPECT_EQ(Response("HTTP/1.1 204 No\r\n\r\n").framing, BodyFraming::kNone);
  EXPECT_TRUE(head_.keep_alive);
  EXPECT_EQ(Response(ok + "\r\n", Method::kHead).framing, BodyFraming::kNone);
  EXPECT_EQ(Response(ok + "Content-Length: 3\r\n\r\n", Method::kHead).framing, BodyFraming::kLength)
      << "what GET would have got is passed on";
  EXPECT_EQ(Response("HTTP/1.1 304 Not\r\nContent-Length: 3\r\n\r\n").framing,
            BodyFraming::kLength);
}

TEST_F(HeadParserTest, ResponsesAreJudgedLikeRequests) {
  const std::string ok = "HTTP/1.1 200 OK\r\n";
  EXPECT_EQ(ResponseError(ok + "Content-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n"),
            StreamError::kLengthAndEncoding);
  EXPECT_EQ(ResponseError(ok + "Content-Length: 1\r\nContent-Length: 1\r\n\r\n"),
            StreamError::kBadContentLength);
  EXPECT_EQ(ResponseError(ok + "Content-Length: x\r\n\r\n"), StreamError::kBadContentLength);
  EXPECT_EQ(ResponseError(ok + "A: b\r\n c\r\n\r\n"), StreamError::kObsFold);
  EXPECT_EQ(ResponseError(ok + std::string("A: \0b\r\n\r\n", 10)), StreamError::kBadFieldValue);
  EXPECT_EQ(ResponseError(ok + "A b: c\r\n\r\n"), StreamError::kBadFieldName);
  EXPECT_EQ(ResponseError(ok + "Transfer-Encoding: gzip, chunked\r\n\r\n"),
            StreamError::kUnknownTransferCoding);
  EXPECT_EQ(ResponseError("HTTP/1.0 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"),
            StreamError::kBadTransferEncoding);
  EXPECT_EQ(
      ResponseError(ok + "X_A: b\r\nHost: a\r\nHost: b\r\nExpect: x\r\nContent-Length: 0\r\n\r\n"),
      StreamError::kNone)
      << "rules for requests only";
}

TEST_F(HeadParserTest, TrailersThatMustNotBeMergedAreRemoved) {  // RFC 9110 6.5.1
  bytes_ =
      "Content-Length: 1\r\nTransfer-Encoding: x\r\nTE: a\r\nHost: b\r\nAuthorization: "
      "c\r\nCookie: d\r\n"
      "X-Forwarded-For: e\r\nConnection: close\r\nX-Sum: f\r\ngrpc-status: 0\r\nExpect: x\r\n\r\n";
  EXPECT_EQ(ParseTrailers(bytes_, limits_, UnderscorePolicy::kRefuse, head_).error,
            StreamError::kNone);
  EXPECT_EQ(Describe(head_), " {X-Sum: f} {grpc-status: 0}");
}

TEST_F(HeadParserTest, TrailersHaveLimitsOfTheirOwn) {
  std::string many;
  for (int i = 0; i < 21; ++i) many += "a: b\r\n";
  EXPECT_EQ(ParseTrailers(many + "\r\n", limits_, UnderscorePolicy::kAllow, head_).error,
            StreamError::kTooManyFields);
  head_.Clear();
  EXPECT_EQ(ParseTrailers("a: " + std::string(9000, 'b') + "\r\n\r\n", limits_,
                          UnderscorePolicy::kAllow, head_)
                .error,
            StreamError::kTrailersTooLarge);
  head_.Clear();
  EXPECT_EQ(ParseTrailers("a: b\r\n c\r\n\r\n", limits_, UnderscorePolicy::kAllow, head_).error,
            StreamError::kObsFold);
}

TEST_F(HeadParserTest, StatusCanBePeekedAt) {
  EXPECT_EQ(PeekStatus("HTTP/1.1 103 Early Hints\r\n"), 103);
  EXPECT_EQ(PeekStatus("HTTP/1.1 200\r\n"), 200);
  EXPECT_EQ(PeekStatus("HTTP/1.1 200"), 0);
  EXPECT_EQ(PeekStatus("HTTP/1.1 2000 "), 0);
  EXPECT_EQ(PeekStatus("HTTP/1.1 700 x"), 0);
}

TEST_F(HeadParserTest, BodilessResponses) {  // RFC 9112 6.3 (1)
  EXPECT_FALSE(HasResponseBody(Method::kHead, 200));
  EXPECT_FALSE(HasResponseBody(Method::kGet, 204));
  EXPECT_FALSE(HasResponseBody(Method::kGet, 304));
  EXPECT_FALSE(HasResponseBody(Method::kGet, 103));
  EXPECT_TRUE(HasResponseBody(Method::kGet, 205));
  EXPECT_TRUE(HasResponseBody(Method::kGet, 200));
}

}  // namespace
}  // namespace sluice::http1
