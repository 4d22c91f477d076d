#include "dataplane/http1/field_lines.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <string>

#include "dataplane/http/text.h"
#include "test/dataplane/http1/recorder.h"

namespace sluice::http1 {
namespace {

std::string Record(const std::string& bytes, const ServerOptions& options = {}) {
  return AtEveryCut(bytes,
                    [&](std::string_view all, Cut cut) { return ServerRecord(all, options, cut); });
}

// What is said about a request with these lines (each with its CRLF) behind Host.
std::string Lines(const std::string& lines, const ServerOptions& options = {}) {
  return Record("GET / HTTP/1.1\r\nHost: h\r\n" + lines + "\r\n", options);
}

std::string Refused(const std::string& error) {
  return "reset " + error + "\nerror " + error + "\n";
}

std::string Head(const std::string& fields) {
  return "head GET / [h] {Host: h}" + fields + " end\nend\n";
}

TEST(FieldLinesTest, TrimsSpacesAndTabsAroundValuesOnly) {  // RFC 9112 5.1
  EXPECT_EQ(Lines("A:b\r\n"), Head(" {A: b}"));
  EXPECT_EQ(Lines("A: \t b c\t \r\n"), Head(" {A: b c}"));
  EXPECT_EQ(Lines("A:\r\nB: \t\r\n"), Head(" {A: } {B: }"));
  EXPECT_EQ(Lines("A: b:c:d\r\n"), Head(" {A: b:c:d}"));
  EXPECT_EQ(Lines("A: \x80\xFF\r\n"), Head(" {A: \x80\xFF}"));  // obs-text
}

// Lines near the end of a head are read another way than those with bytes behind them.
TEST(FieldLinesTest, SaysTheSameOfALineWhereverItStands) {
  const std::string filler = "X-Filler: " + std::string(40, 'f') + "\r\n";
  const std::string shown = " {X-Filler: " + std::string(40, 'f') + "}";
  const std::string values[] = {"b",
                                "b ",
                                "b  ",
                                "b\t",
                                " b",
                                "",
                                " ",
                                "b\x80",
                                "b\tc",
                                "\x80",
                                "0123456789abcde",
                                "0123456789abcdef",
                                "0123456789abcdef ",
                                "0123456789abcdefg \x80 0123456789abcdef\t",
                                "a: b",
                                ":"};
  const std::string names[] = {"A",
                               "Ab",
                               "Accept",
                               "X-Client-Version",
                               "X-Client-Versions",
                               "a!b",
                               "x-forwarded-client-cert",
                               "a-name-of-more-than-thirty-two-bytes",
                               "x-Envoy-Upstream-Service-Time",
                               "X-Request-Ie",
                               "a.b~c^d"};
  for (const std::string& name : names) {
    for (const std::string& value : values) {
      const std::string line = name + ":" + value + "\r\n";
      const std::string field = fmt::format(" {{{}: {}}}", name, http::TrimOws(value));
      EXPECT_EQ(Lines(line), Head(field)) << line;
      EXPECT_EQ(Lines(line + filler), Head(field + shown)) << line;
      EXPECT_EQ(Lines(name + ": " + value + "\r\n" + filler), Head(field + shown)) << line;
    }
  }
  for (const std::string bad :
       {"A B: c", "A : b", ": b", "A", "A: \x01", "A: b\x7f", "A_b: c", "A: b\rc",
        "A: 0123456789abcdefghi\x01", " A: b", "0123456789abcdefg h: b", "0123456789abcdefgh_i: b",
        "A\x80: b", "A(: b", "A: \r"}) {
    const std::string alone = Lines(bad + "\r\n");
    EXPECT_EQ(alone.substr(0, 6), "reset ") << bad;
    EXPECT_EQ(Lines(bad + "\r\n" + filler), alone) << bad;
    EXPECT_EQ(Lines(filler + bad + "\r\n"), alone) << bad;
  }
}

TEST(FieldLinesTest, KeepsOrderAndCaseOfNames) {
  EXPECT_EQ(Lines("x-B: 1\r\nX-a: 2\r\nx-b: 3\r\n"), Head(" {x-B: 1} {X-a: 2} {x-b: 3}"));
}

TEST(FieldLinesTest, NamesAreTokens) {  // RFC 9110 5.1
  for (int byte = 0; byte < 256; ++byte) {
    const char c = static_cast<char>(byte);
    if (c == ':' || c == '_') continue;
    const bool token = http::IsTokenChar(c);
    const std::string record = Lines(std::string("X") + c + "Y: z\r\n");
    if (token) {
      EXPECT_EQ(record, Head(std::string(" {X") + c + "Y: z}"));
    } else {
      EXPECT_EQ(record, Refused(c == '\n' ? "bare_lf" : "bad_field_name")) << byte;
    }
  }
  for (const char* line : {": b\r\n", "no colon\r\n", "nocolon\r\n", "A : b\r\n", "A\t: b\r\n",
                           "Transfer-Encoding : chunked\r\n", "Content-Length\t: 3\r\n",
                           "\xC3\xBC: b\r\n", "A\r: b\r\n", "\rA: b\r\n"}) {
    EXPECT_EQ(Lines(line), Refused("bad_field_name")) << line;
  }
}

TEST(FieldLinesTest, ValuesHoldNoControlCharacters) {  // RFC 9110 5.5
  for (int byte = 0; byte < 256; ++byte) {
    const char c = static_cast<char>(byte);
    const bool bad = (byte < 0x20 && c != '\t') || byte == 0x7F;
    for (const std::string before : {"", "0123456789abcde", "0123456789abcdefghi"}) {
      const std::string record = Lines("A: x" + before + c + "y\r\n");
      if (bad) {
        EXPECT_EQ(record, Refused(c == '\n' ? "bare_lf" : "bad_field_value")) << byte;
      } else {
        EXPECT_EQ(record, Head(" {A: x" + before + c + "y}"));
      }
    }
  }
}

TEST(FieldLinesTest, FoldedLinesAreRefused) {  // RFC 9112 5.2
  for (const char* lines :
       {"A: b\r\n c\r\n", "A: b\r\n\tc\r\n", "Transfer-Encoding: chunked\r\n x\r\n",
        "Authorization: a\r\n b\r\n", " A: b\r\n", "A: b\r\n \r\n"}) {
    EXPECT_EQ(Lines(lines), Refused("obs_fold")) << lines;
  }
  EXPECT_EQ(Record("GET / HTTP/1.1\r\n Host: h\r\n\r\n"), Refused("obs_fold"));
}

TEST(FieldLinesTest, BareLineFeedsAreRefused) {  // RFC 9112 2.2
  for (const char* lines :
       {"A: b\n", "A: b\nC: d\r\n", "A\n", "\n", "A: b\r\n\n", " A\n", "a_b\nfoo: x\r\n"}) {
    EXPECT_EQ(Lines(lines), Refused("bare_lf")) << lines;
  }
}

TEST(FieldLinesTest, LengthIsDigitsAndNothingElse) {  // RFC 9110 8.6, RFC 9112 6.3
  for (const char* value : {"",
                            "+5",
                            "-0",
                            "-1",
                            "0x5",
                            "5 5",
                            "5,",
                            ",5",
                            "1e1",
                            "5, 5",
                            "5,5",
                            "5;",
                            "\"5\"",
                            "5.0",
                            "a",
                            "\xB2",
                            "9223372036854775808",
                            "18446744073709551616",
                            "18446744073709551621",
                            "000000000000000000001",
                            "99999999999999999999"}) {
    EXPECT_EQ(Lines(fmt::format("Content-Length: {}\r\n", value)), Refused("bad_content_length"))
        << value;
  }
  EXPECT_EQ(Lines("Content-Length: " + std::string(400, '0') + "\r\n"),
            Refused("bad_content_length"));
  EXPECT_EQ(Lines("Content-Length: 0\r\n"), Head(" {Content-Length: 0}"));
  EXPECT_EQ(Lines("content-length: 00000000000000000000\r\n"),
            Head(" {content-length: 00000000000000000000}"));
  EXPECT_EQ(Record("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 0000000007\r\n\r\n1234567"),
            "head POST / [h] {Host: h} {Content-Length: 0000000007}\nbody 1234567\nend\n");
  EXPECT_EQ(Lines("Content-Length: 9223372036854775807\r\n"),
            "head GET / [h] {Host: h} {Content-Length: 9223372036854775807}\nreset early_end\n"
            "error early_end\n");
}

TEST(FieldLinesTest, ASecondLengthIsRefusedEvenWhenEqual) {  // RFC 9112 6.3 (5)
  EXPECT_EQ(Lines("Content-Length: 5\r\nContent-Length: 6\r\n"), Refused("bad_content_length"));
  EXPECT_EQ(Lines("Content-Length: 5\r\nA: b\r\ncontent-LENGTH: 5\r\n"),
            Refused("bad_content_length"));
}

TEST(FieldLinesTest, LengthAndEncodingTogetherAreRefused) {  // RFC 9112 6.1, 6.3 (3)
  std::string between;
  for (int i = 0; i < 40; ++i) between += fmt::format("X-{}: y\r\n", i);
  EXPECT_EQ(Lines("Content-Length: 5\r\n" + between + "Transfer-Encoding: chunked\r\n"),
            Refused("length_and_encoding"));
  EXPECT_EQ(Lines("Transfer-Encoding: chunked\r\n" + between + "Content-Length: 5\r\n"),
            Refused("length_and_encoding"));
}

TEST(FieldLinesTest, OnlyChunkedAloneIsDecoded) {  // RFC 9112 6.1, 7
  for (const char* value : {"chunked", "CHUNKED", "cHuNkEd", " \tchunked \t"}) {
    const std::string record = Record(fmt::format(
        "POST / HTTP/1.1\r\nHost: h\r\ntRANSFER-eNCODING:{}\r\n\r\n2\r\nhi\r\n0\r\n\r\n", value));
    EXPECT_EQ(record.substr(record.find('\n')), "\nbody hi\nend\n") << value;
  }
  for (const char* value :
       {"xchunked", "identity", "gzip, chunked", "gzip", "deflate,gzip,chunked", "x-y"}) {
    EXPECT_EQ(Lines(fmt::format("Transfer-Encoding: {}\r\n", value)),
              Refused("unknown_transfer_coding"))
        << value;
  }
  for (const char* value :
       {"", ",chunked", "chunked,", "chunked, gzip", "chunked, chunked", "\"chunked\"",
        "chunked;q=1", "gzip,,chunked", "chunked chunked", "gzip, chunked, chunked", "chunked\xA0",
        "\x85"
        "chunked"}) {
    EXPECT_EQ(Lines(fmt::format("Transfer-Encoding: {}\r\n", value)),
              Refused("bad_transfer_encoding"))
        << value;
  }
  for (const std::string& value : {std::string("\x0b"
                                               "chunked"),
                                   std::string("chunked\x0c"), std::string("\0chunked", 8)}) {
    EXPECT_EQ(Lines("Transfer-Encoding: " + value + "\r\n"), Refused("bad_field_value"));
  }
  EXPECT_EQ(Lines("Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n"),
            Refused("bad_transfer_encoding"));
  EXPECT_EQ(Record("POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n"),
            Refused("bad_transfer_encoding"));
}

TEST(FieldLinesTest, ConnectionMayNotNameFieldsOfTheRecipient) {  // RFC 9110 7.6.1
  for (const char* name :
       {"content-length", "host", "authorization", "x-forwarded-for", "X-Forwarded-Proto",
        "transfer-encoding", "cookie", "x-real-ip", "forwarded", "cache-control"}) {
    EXPECT_EQ(Lines(fmt::format("Connection: close, {}\r\n", name)),
              Refused("bad_connection_option"))
        << name;
  }
}

TEST(FieldLinesTest, FieldsThatConnectionNamesEndHere) {
  EXPECT_EQ(Lines("Connection: x-a, ,X-B\r\nX-A: 1\r\nx-b: 2\r\nX-C: 3\r\nx-a: 4\r\n"),
            Head(" {Connection: x-a, ,X-B} {X-C: 3}"));
  EXPECT_EQ(Lines("X-A: 1\r\nTE: trailers\r\nConnection: TE, x-a\r\n"),
            Head(" {TE: trailers} {Connection: TE, x-a}"));
}

TEST(FieldLinesTest, UnderscoresFollowThePolicy) {
  EXPECT_EQ(Lines("X_A: b\r\n"), Refused("underscore_name"));
  EXPECT_EQ(Lines("Transfer_Encoding: chunked\r\n"), Refused("underscore_name"));
  ServerOptions options;
  options.rules.underscores = UnderscorePolicy::kDrop;
  EXPECT_EQ(Lines("X_A: b\r\nC: d\r\n", options), Head(" {C: d}"));
  EXPECT_EQ(Lines("Content_Length: 5\r\n", options), Head(""));
  options.rules.underscores = UnderscorePolicy::kAllow;
  EXPECT_EQ(Lines("X_A: b\r\n", options), Head(" {X_A: b}"));
  EXPECT_EQ(Lines("Content_Length: 5\r\n", options), Head(" {Content_Length: 5}"));
}

TEST(FieldLinesTest, MoreLinesThanAllowedAre431) {
  std::string lines;
  for (int i = 0; i < 99; ++i) lines += "a: b\r\n";
  EXPECT_EQ(Lines(lines).substr(0, 8), "head GET");
  EXPECT_EQ(Lines(lines + "a: b\r\n"), Refused("too_many_fields"));
}

TEST(FieldLinesTest, OnlyThe100ContinueExpectationIsKnown) {  // RFC 9110 10.1.1
  for (const char* value :
       {"200-ok", "100-continue, 100-continue", "", "100-continue;x", "100 -continue"}) {
    EXPECT_EQ(Lines(fmt::format("Expect: {}\r\n", value)), Refused("bad_expectation")) << value;
  }
  EXPECT_EQ(Lines("Expect: 100-Continue\r\n"), Head(" {Expect: 100-Continue}"));
}

}  // namespace
}  // namespace sluice::http1
