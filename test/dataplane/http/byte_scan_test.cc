#include "dataplane/http/byte_scan.h"

#include <gtest/gtest.h>

#include <cctype>
#include <memory>
#include <string>

namespace sluice::http {
namespace {

// Heap memory of exactly the size, so that a sanitizer sees a read beyond it.
struct Exact {
  explicit Exact(std::string_view text) : size(text.size()), bytes(new char[text.size()]) {
    std::memcpy(bytes.get(), text.data(), text.size());
  }
  const char* begin() const { return bytes.get(); }
  const char* end() const { return bytes.get() + size; }
  size_t size;
  std::unique_ptr<char[]> bytes;
};

TEST(ByteScanTest, FindsTheFirstMatchAtEveryPlaceOfEveryLength) {
  for (size_t size = 1; size < 50; ++size) {
    for (size_t at = 0; at <= size; ++at) {
      std::string text(size, 'a');
      if (at < size) text[at] = ':';
      const Exact exact(text);
      for (size_t from = 0; from <= size; ++from) {
        const size_t expected = at >= from && at < size ? at : size;
        const char* found =
            FindFirst<&Bytes16::Colons>(exact.begin() + from, exact.end(), exact.begin());
        EXPECT_EQ(static_cast<size_t>(found - exact.begin()), expected);
        found =
            FindFirst<&Bytes16::Colons>(exact.begin() + from, exact.end(), exact.begin() + from);
        EXPECT_EQ(static_cast<size_t>(found - exact.begin()), expected);
      }
    }
  }
}

TEST(ByteScanTest, ClassesAreThoseOfTheGrammar) {
  for (int byte = 0; byte < 256; ++byte) {
    const std::string text(16, static_cast<char>(byte));
    const Bytes16 bytes(text.data());
    const auto all = [](bool yes) { return yes ? 0xFFFFu : 0u; };
    const bool visible = byte > 0x20 && byte < 0x7F;
    EXPECT_EQ(bytes.NotFieldText(), all((byte < 0x20 && byte != '\t') || byte == 0x7F)) << byte;
    EXPECT_EQ(bytes.NotPathText(), all(!visible || byte == '#' || byte == '?')) << byte;
    EXPECT_EQ(bytes.NotQueryText(), all(!visible || byte == '#')) << byte;
    EXPECT_EQ(bytes.LineFeeds(), all(byte == '\n')) << byte;
    EXPECT_EQ(bytes.Colons(), all(byte == ':')) << byte;
    EXPECT_EQ(bytes.Equal('\x80'), all(byte == 0x80)) << byte;
    EXPECT_EQ(bytes.UpperCase(), all(byte >= 'A' && byte <= 'Z')) << byte;
    const bool quoted = visible || byte == ' ';
    EXPECT_EQ(bytes.NotPlainText(), all(!quoted || byte == '"' || byte == '\\')) << byte;
    const bool alphanumeric = byte < 0x80 && std::isalnum(byte) != 0;
    EXPECT_EQ(bytes.NotPlainName(), all(!alphanumeric && byte != '-')) << byte;
    const bool mark = byte == '-' || byte == '.' || byte == '_' || byte == '~';
    EXPECT_EQ(bytes.NotHostText(), all(!alphanumeric && !mark)) << byte;
    // May say yes too often, never too rarely.
    EXPECT_EQ(bytes.NotFieldText() & ~bytes.MaybeNotFieldText(), 0u) << byte;
    if (byte >= 0x20 && byte < 0x7F) {
      EXPECT_EQ(bytes.MaybeNotFieldText(), 0u) << byte;
    }
    EXPECT_EQ(bytes.PathSpecials(),
              all(!visible || std::string_view("%;\\#?").find(static_cast<char>(byte)) !=
                                  std::string_view::npos))
        << byte;
  }
}

}  // namespace
}  // namespace sluice::http
