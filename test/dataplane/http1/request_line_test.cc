#include "dataplane/http1/request_line.h"

#include <gtest/gtest.h>

#include <string>

#include "test/dataplane/http1/recorder.h"

namespace sluice::http1 {
namespace {

// The events of the bytes, the same at every cut, without the end of the connection's own.
std::string Record(const std::string& bytes, const ServerOptions& options = {}) {
  return AtEveryCut(bytes,
                    [&](std::string_view all, Cut cut) { return ServerRecord(all, options, cut); });
}

// What is said about a request whose first line is `line`.
std::string Line(const std::string& line, const ServerOptions& options = {}) {
  return Record(line + "\r\nHost: h\r\n\r\n", options);
}

std::string Refused(const std::string& error) {
  return "reset " + error + "\nerror " + error + "\n";
}

std::string Head(const std::string& text) { return "head " + text + " {Host: h} end\nend\n"; }

TEST(RequestLineTest, OriginFormIsSplitAtTheFirstQuestionMark) {  // RFC 9112 3.2.1
  EXPECT_EQ(Line("GET / HTTP/1.1"), Head("GET / [h]"));
  EXPECT_EQ(Line("POST /a?b?c=/../d HTTP/1.1"), Head("POST /a?b?c=/../d [h]"));
  EXPECT_EQ(Line("GET /a? HTTP/1.1"), Head("GET /a? [h]"));
  EXPECT_EQ(Line("GET //x/y HTTP/1.1"), Head("GET //x/y [h]"));
  EXPECT_EQ(Line("GET /a/very/long/path/of/more/than/sixteen/bytes?and=a&long=query HTTP/1.1"),
            Head("GET /a/very/long/path/of/more/than/sixteen/bytes?and=a&long=query [h]"));
}

TEST(RequestLineTest, MethodsAreTokensAndCaseSensitive) {  // RFC 9112 3.1
  EXPECT_EQ(Line("FOO / HTTP/1.1"), Head("FOO / [h]"));
  EXPECT_EQ(Line("get / HTTP/1.1"), Head("get / [h]"));
  EXPECT_EQ(Line("!#$%&'*+-.^_`|~ / HTTP/1.1"), Head("!#$%&'*+-.^_`|~ / [h]"));
  for (const char* line : {"G(T / HTTP/1.1", "GE\tT / HTTP/1.1", "G\x80T / HTTP/1.1",
                           " GET / HTTP/1.1", "\tGET / HTTP/1.1", "(GET / HTTP/1.1"}) {
    EXPECT_EQ(Line(line), Refused("bad_start_line")) << line;
  }
  EXPECT_EQ(Line("GE T / HTTP/1.1"), Refused("bad_start_line"));
  EXPECT_EQ(Line(std::string("G\0T / HTTP/1.1", 14)), Refused("bad_start_line"));
}

TEST(RequestLineTest, ElementsAreSeparatedByOneSpace) {  // RFC 9112 3
  for (const char* line : {"GET  / HTTP/1.1", "GET /  HTTP/1.1", "GET / HTTP/1.1 ",
                           "GET\t/ HTTP/1.1", "GET /\tHTTP/1.1", "GET / HTTP/1.1\t", "GET /", "GET",
                           "GET / ", "GET ", "GET  HTTP/1.1", "GET / HTTP/1.1 x"}) {
    const std::string record = Line(line);
    EXPECT_TRUE(record == Refused("bad_start_line") || record == Refused("bad_target"))
        << line << ": " << record;
  }
}

TEST(RequestLineTest, OnlyHttp1IsServed) {  // RFC 9112 2.3, RFC 9110 2.5
  EXPECT_EQ(Line("GET / HTTP/1.2"), Head("GET / [h]"));
  EXPECT_EQ(Line("GET / HTTP/1.9"), Head("GET / [h]"));
  EXPECT_EQ(Line("GET / HTTP/1.0"), "last\n" + Head("GET / [h]"));
  for (const char* line : {"GET / HTTP/2.0", "GET / HTTP/0.9", "GET / HTTP/3.1"}) {
    EXPECT_EQ(Line(line), Refused("bad_version")) << line;
  }
  for (const char* line :
       {"GET / HTTP/1.10", "GET / HTTP/01.1", "GET / http/1.1", "GET / HTTP/1,1", "GET / HTTP/1.x",
        "GET / HTTP/1.", "GET / HTTP/.1", "GET / HTTPS/1.1", "GET / ICY/1.1", "GET / HTTP 1.1"}) {
    EXPECT_EQ(Line(line), Refused("bad_start_line")) << line;
  }
  EXPECT_EQ(Record("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"), Refused("bad_version"));
}

TEST(RequestLineTest, TargetsHoldVisibleAsciiWithoutFragment) {  // RFC 9112 3.2, RFC 3986 3
  for (int byte = 0; byte < 256; ++byte) {
    const char c = static_cast<char>(byte);
    const bool allowed = byte > 0x20 && byte < 0x7F && c != '#';
    for (const std::string place : {"/a", "/abcdefghijklmnopqrstuvwxyz", "/a?b"}) {
      const std::string target = place + c + "z";
      const std::string record = Line("GET " + target + " HTTP/1.1");
      if (allowed) {
        EXPECT_EQ(record, Head("GET " + target + " [h]"));
      } else {
        EXPECT_EQ(record.substr(0, 6), "reset ") << byte;
      }
    }
  }
  EXPECT_EQ(Line("GET /a#x HTTP/1.1"), Refused("bad_target"));
  EXPECT_EQ(Line("GET /a#/../admin HTTP/1.1"), Refused("bad_target"));
  EXPECT_EQ(Line("GET /a?b#c HTTP/1.1"), Refused("bad_target"));
  EXPECT_EQ(Line("GET /\xC3\xBC HTTP/1.1"), Refused("bad_target"));
}

TEST(RequestLineTest, AbsoluteFormReplacesTheHost) {  // RFC 9112 3.2.2
  const std::string rewritten = " {host: b} end\nend\n";
  EXPECT_EQ(Line("GET http://b/c?d HTTP/1.1"), "head GET /c?d [b]" + rewritten);
  EXPECT_EQ(Line("GET http://b HTTP/1.1"), "head GET / [b]" + rewritten);
  EXPECT_EQ(Line("GET http://b?d HTTP/1.1"), "head GET /?d [b]" + rewritten);
  EXPECT_EQ(Line("GET HTTP://b/ HTTP/1.1"), "head GET / [b]" + rewritten);
  EXPECT_EQ(Line("OPTIONS http://b HTTP/1.1"), "head OPTIONS * [b]" + rewritten);
  EXPECT_EQ(Line("GET http://h/ HTTP/1.1"), Head("GET / [h]"));
  EXPECT_EQ(Record("GET http://b/ HTTP/1.0\r\n\r\n"), "last\nhead GET / [b] {host: b} end\nend\n");
}

TEST(RequestLineTest, AbsoluteFormMustAgreeWithTheTransport) {
  for (const char* target :
       {"https://b/", "ftp://b/", "ws://b/", "://b/", "http:/b/", "http:b", "http//b/", "http:///x",
        "http://", "http://u@b/", "http://u:p@b/", "http://b:99999/", "http://b,c/", "http://b b/",
        "http://[::1%25lo]/", "http://b..c/", "file:///etc", "http://?x", "http:?//x"}) {
    const std::string record = Line(std::string("GET ") + target + " HTTP/1.1");
    EXPECT_EQ(record.substr(0, 9), "reset bad") << target << ": " << record;
  }
  ServerOptions options;
  options.rules.scheme = "https";
  EXPECT_EQ(Line("GET https://b/ HTTP/1.1", options), "head GET / [b] {host: b} end\nend\n");
  EXPECT_EQ(Line("GET http://b/ HTTP/1.1", options), Refused("bad_target"));
}

TEST(RequestLineTest, AuthorityFormIsForConnectOnly) {  // RFC 9112 3.2.3
  EXPECT_EQ(Line("CONNECT b:443 HTTP/1.1"), "head CONNECT  [b:443] {host: b:443} end\nend\n");
  EXPECT_EQ(Line("CONNECT [::1]:443 HTTP/1.1"),
            "head CONNECT  [[::1]:443] {host: [::1]:443} end\nend\n");
  for (const char* line : {"CONNECT b HTTP/1.1", "CONNECT b: HTTP/1.1", "CONNECT [::1] HTTP/1.1",
                           "CONNECT / HTTP/1.1", "CONNECT http://b/ HTTP/1.1", "CONNECT * HTTP/1.1",
                           "CONNECT b:443/x HTTP/1.1", "CONNECT b:443?x HTTP/1.1",
                           "CONNECT u@b:443 HTTP/1.1", "GET b:443 HTTP/1.1", "GET b HTTP/1.1"}) {
    EXPECT_EQ(Line(line), Refused("bad_target")) << line;
  }
}

TEST(RequestLineTest, AsteriskFormIsForOptionsOnly) {  // RFC 9112 3.2.4
  EXPECT_EQ(Line("OPTIONS * HTTP/1.1"), Head("OPTIONS * [h]"));
  EXPECT_EQ(Line("GET * HTTP/1.1"), Refused("bad_target"));
  EXPECT_EQ(Line("OPTIONS ** HTTP/1.1"), Refused("bad_target"));
  EXPECT_EQ(Line("OPTIONS *?x HTTP/1.1"), Refused("bad_target"));
}

TEST(RequestLineTest, LinesOverTheLimitAre414) {
  ServerOptions options;
  options.limits.start_line = 40;
  const std::string exact = "GET /" + std::string(26, 'a') + " HTTP/1.1";
  ASSERT_EQ(exact.size(), 40u);
  EXPECT_EQ(Line(exact, options).substr(0, 8), "head GET");
  EXPECT_EQ(Line("GET /a" + exact.substr(5), options), Refused("target_too_long"));
  EXPECT_EQ(Line(std::string(200, 'G'), options), Refused("target_too_long"));
  EXPECT_EQ(Line("GET /" + std::string(300, 'a') + "#(\x80", options), Refused("target_too_long"));
  EXPECT_EQ(Record("GET /" + std::string(300, 'a'), options), Refused("target_too_long"));
}

TEST(RequestLineTest, BareLineFeedsAndReturnsAreErrors) {  // RFC 9112 2.2
  EXPECT_EQ(Record("GET / HTTP/1.1\nHost: h\n\n"), Refused("bare_lf"));
  EXPECT_EQ(Record("GET /\nHTTP/1.1\r\n\r\n"), Refused("bare_lf"));
  EXPECT_EQ(Record("G\nET / HTTP/1.1\r\n\r\n"), Refused("bare_lf"));
  EXPECT_EQ(Line("GET /a\rb HTTP/1.1"), Refused("bad_start_line"));
  EXPECT_EQ(Line("GET / HTTP/1.1\r"), Refused("bad_start_line"));
  EXPECT_EQ(Record("\rGET / HTTP/1.1\r\n\r\n"), Refused("bad_start_line"));
}

TEST(RequestLineTest, OneEmptyLineBeforeARequestIsIgnored) {  // RFC 9112 2.2
  EXPECT_EQ(Line("\r\nGET / HTTP/1.1"), Head("GET / [h]"));
  EXPECT_EQ(Line("\r\n\r\nGET / HTTP/1.1"), Refused("bad_start_line"));
  EXPECT_EQ(Line("\nGET / HTTP/1.1"), Refused("bad_start_line"));
  EXPECT_EQ(Record("\r\n"), "");
  EXPECT_EQ(Line("\r\n\nGET / HTTP/1.1"), Refused("bad_start_line"));
}

TEST(RequestLineTest, BytesThatBeginNoMethodAreRefusedAtOnce) {
  EXPECT_EQ(Record("\x16\x03\x01\x02"), Refused("bad_start_line"));
  EXPECT_EQ(Record(std::string(1, '\0')), Refused("bad_start_line"));
}

}  // namespace
}  // namespace sluice::http1
