#include "dataplane/http1/chunked.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <string>

#include "test/dataplane/http1/recorder.h"

namespace sluice::http1 {
namespace {

// Body and what is left behind the last chunk, or "error".
std::string Decode(std::string_view bytes, Cut cut, const Limits& limits = {}) {
  buffer::BlockPool pool;
  buffer::Buffer in, out;
  ChunkedDecoder decoder;
  std::string body;
  size_t n = cut.first != 0 ? cut.first : cut.step;
  while (!bytes.empty()) {
    n = n == 0 ? bytes.size() : std::min(n, bytes.size());
    in.Append(buffer::Slice::Copy(pool, bytes.substr(0, n)));
    bytes.remove_prefix(n);
    n = cut.step;
    for (;;) {
      const ChunkedDecoder::Progress progress = decoder.Decode(in, out, limits);
      EXPECT_LE(out.slice_count(), ChunkedDecoder::kMaxSlices);
      body += out.ToString();
      out.Clear();
      if (progress == ChunkedDecoder::Progress::kError) return "error";
      if (progress == ChunkedDecoder::Progress::kTrailers) {
        return body + "|" + in.ToString() + std::string(bytes);
      }
      if (progress == ChunkedDecoder::Progress::kMore) break;
    }
  }
  return body + "...";
}

std::string Decoded(const std::string& bytes, const Limits& limits = {}) {
  return AtEveryCut(bytes, [&](std::string_view all, Cut cut) { return Decode(all, cut, limits); });
}

TEST(ChunkedTest, JoinsTheDataOfChunks) {  // RFC 9112 7.1
  EXPECT_EQ(Decoded("2\r\nhe\r\n3\r\nllo\r\n0\r\n\r\n"), "hello|\r\n");
  EXPECT_EQ(Decoded("0\r\n\r\n"), "|\r\n");
  EXPECT_EQ(Decoded("0\r\nA: b\r\n\r\n"), "|A: b\r\n\r\n");
  EXPECT_EQ(Decoded("A\r\n0123456789\r\n00\r\n"), "0123456789|");
  EXPECT_EQ(Decoded("a\r\n01\r\n3\r\n789\r\n000\r\nX"), "01\r\n3\r\n789|X");
  EXPECT_EQ(Decoded("5\r\nhel"), "hel...");
}

TEST(ChunkedTest, DeliversTinyChunksInPortions) {
  std::string bytes, body;
  for (int i = 0; i < 100; ++i) {
    bytes += "1\r\nx\r\n";
    body += "x";
  }
  EXPECT_EQ(Decoded(bytes + "0\r\n"), body + "|");
}

TEST(ChunkedTest, SizesAreHexadecimalDigitsAndNothingElse) {
  for (const char* size : {"", " 5", "5 ", "5\t", "0x5", "+5", "-1", "5_0", "5\n", "5\r", "g",
                           "\x80", "5 ;a", "5\r\r", "\r\n", ";a", "5.", "5,"}) {
    EXPECT_EQ(Decoded(fmt::format("{}\r\nhello\r\n0\r\n", size)), "error") << size;
  }
  EXPECT_EQ(Decoded(std::string("5\0\r\nhello\r\n", 11)), "error");
}

TEST(ChunkedTest, SizesDoNotWrap) {
  EXPECT_EQ(Decoded("7fffffffffffffff\r\nab"), "ab...");
  EXPECT_EQ(Decoded("8000000000000000\r\n"), "error");
  EXPECT_EQ(Decoded("ffffffffffffffff\r\n"), "error");
  EXPECT_EQ(Decoded("10000000000000005\r\nhello\r\n"), "error");
  EXPECT_EQ(Decoded("00000000000000005\r\nhello\r\n"), "error");
  EXPECT_EQ(Decoded("0000000000000005\r\nhello\r\n"), "hello...");
}

TEST(ChunkedTest, ExtensionsAreDroppedUnderLimits) {  // RFC 9112 7.1.1
  EXPECT_EQ(Decoded("2;a;b=c;d=\"e;\\\"\xFF f\"\t\r\nhi\r\n0;x\r\n"), "hi|");
  for (const std::string& extension :
       {std::string("a\n"), std::string("a\x01"), std::string("a\x7f"), std::string("a\0b", 3),
        std::string("\"open"), std::string("\"open\\\""), std::string("a\rb")}) {
    EXPECT_EQ(Decoded("2;" + extension + "\r\nhi\r\n0\r\n"), "error") << extension;
  }
  const Limits limits{.chunk_extension_line = 10, .chunk_extensions = 25};
  EXPECT_EQ(Decoded("1;0123456789\r\nx\r\n0\r\n", limits), "x|");
  EXPECT_EQ(Decoded("1;0123456789a\r\nx\r\n0\r\n", limits), "error");
  const std::string chunk = "1;01234567\r\nx\r\n";
  EXPECT_EQ(Decoded(chunk + chunk + chunk + "0\r\n", limits), "xxx|");
  EXPECT_EQ(Decoded(chunk + chunk + chunk + chunk + "0\r\n", limits), "error");
}

TEST(ChunkedTest, DataIsAsLongAsItsSize) {
  EXPECT_EQ(Decoded("5\r\nhello!\r\n0\r\n"), "error");
  EXPECT_EQ(Decoded("5\r\nhell\r\n0\r\n"), "error");
  EXPECT_EQ(Decoded("5\r\nhello0\r\n"), "error");
  EXPECT_EQ(Decoded("5\r\nhello\n0\r\n"), "error");
  EXPECT_EQ(Decoded("5\r\nhello\r0\r\n"), "error");
}

TEST(ChunkedTest, DataIsMovedNotCopied) {
  buffer::BlockPool pool;
  buffer::Buffer in, out;
  in.AppendCopy(pool, "5\r\nhello\r\n0\r\n");
  const char* data = in.front().data() + 3;
  ChunkedDecoder decoder;
  EXPECT_EQ(decoder.Decode(in, out, {}), ChunkedDecoder::Progress::kTrailers);
  EXPECT_EQ(out.front().data(), data);
}

}  // namespace
}  // namespace sluice::http1
