#include "dataplane/config/access_log_escape.h"

#include <gtest/gtest.h>

namespace sluice::config {
namespace {

std::string Text(std::string_view bytes) {
  std::string out;
  AppendTextEscaped(bytes, out);
  return out;
}
std::string Json(std::string_view bytes) {
  std::string out;
  AppendJsonEscaped(bytes, out);
  return out;
}

struct Case {
  std::string_view bytes;
  std::string_view text;
  std::string_view json;
};

// Negative case 121: CR/LF, ESC, quotes, bytes that are no UTF-8.
TEST(AccessLogEscapeTest, ForeignBytesCannotLeaveTheirPlace) {
  using namespace std::string_view_literals;
  const Case kCases[] = {
      {"plain /a?b=c", "plain /a?b=c", "plain /a?b=c"},
      {"", "", ""},
      {"a\r\nb", R"(a\x0D\x0Ab)", R"(a\r\nb)"},
      {"\x1b[2J", R"(\x1B[2J)", R"(\u001B[2J)"},
      {"say \"hi\"", R"(say \x22hi\x22)", R"(say \"hi\")"},
      {R"(a\n)", R"(a\x5Cn)", R"(a\\n)"},
      {"\t\b\f", R"(\x09\x08\x0C)", R"(\t\b\f)"},
      {"\0x"sv, R"(\x00x)", R"(\u0000x)"},
      {"\x7f", R"(\x7F)", R"(\u007F)"},
      {"\xc2\x9b"
       "2J",
       R"(\xC2\x9B2J)", R"(\u009B2J)"},
      {"gr\xc3\xbc\xc3\x9f", "gr\xc3\xbc\xc3\x9f", "gr\xc3\xbc\xc3\x9f"},
      {"\xf0\x9f\x98\x80", "\xf0\x9f\x98\x80", "\xf0\x9f\x98\x80"},
      {"\xff", R"(\xFF)", "\xef\xbf\xbd"},
      {"\xc3", R"(\xC3)", "\xef\xbf\xbd"},
      {"\xc0\xaf", R"(\xC0\xAF)", "\xef\xbf\xbd\xef\xbf\xbd"},
      {"\xed\xa0\x80", R"(\xED\xA0\x80)", "\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd"},
      {"\xe2\x82\"", R"(\xE2\x82\x22)", "\xef\xbf\xbd\xef\xbf\xbd\\\""},
      {"\xf4\x90\x80\x80", R"(\xF4\x90\x80\x80)",
       "\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd"},
  };
  for (const Case& c : kCases) {
    EXPECT_EQ(Text(c.bytes), c.text);
    EXPECT_EQ(Json(c.bytes), c.json);
  }
}

TEST(AccessLogEscapeTest, EveryByteStaysOnItsLine) {
  for (int a = 0; a < 256; ++a) {
    for (int b = 0; b < 256; ++b) {
      const char bytes[] = {static_cast<char>(a), static_cast<char>(b)};
      for (const std::string& out : {Text({bytes, 2}), Json({bytes, 2})}) {
        for (const char c : out) EXPECT_GE(static_cast<unsigned char>(c), 0x20u);
        EXPECT_EQ(out.find('\x7f'), out.npos);
        for (size_t i = 0; i < out.size();) {
          const size_t length = Utf8Length(std::string_view(out).substr(i));
          ASSERT_GT(length, 0u);
          i += length;
        }
      }
    }
  }
}

}  // namespace
}  // namespace sluice::config
