#include <gtest/gtest.h>

#include <string>

#include "dataplane/http/path.h"

namespace sluice::http {
namespace {

struct Case {
  std::string input;
  std::string scheme;
  std::string text;  // "" = refused
  std::string host;
  uint32_t port = 0;
};

class AuthorityTest : public ::testing::Test {
 protected:
  buffer::BlockPool pool_;
  buffer::Arena arena_{pool_};
};

TEST_F(AuthorityTest, HasOneCanonicalForm) {
  const Case cases[] = {
      {"example.com", "http", "example.com", "example.com", 0},
      {"EXAMPLE.com", "http", "example.com", "example.com", 0},
      {"example.com.", "http", "example.com", "example.com", 0},
      {"example.com.:80", "http", "example.com", "example.com", 80},
      {"example.com:80", "http", "example.com", "example.com", 80},
      {"example.com:443", "https", "example.com", "example.com", 443},
      {"example.com:443", "http", "example.com:443", "example.com", 443},
      {"example.com:80", "https", "example.com:80", "example.com", 80},
      {"example.com:8080", "http", "example.com:8080", "example.com", 8080},
      {"example.com:08080", "http", "example.com:8080", "example.com", 8080},
      {"example.com:65535", "http", "example.com:65535", "example.com", 65535},
      {"example.com:", "http", "example.com", "example.com", 0},
      {"a_b~c-d.e", "http", "a_b~c-d.e", "a_b~c-d.e", 0},
      {"h", "http", "h", "h", 0},
      {"H", "http", "h", "h", 0},
      {"sixteen.bytes.it", "http", "sixteen.bytes.it", "sixteen.bytes.it", 0},
      {"sixteen.bytes.IT", "http", "sixteen.bytes.it", "sixteen.bytes.it", 0},
      {"example.com.", "http", "example.com", "example.com", 0},
      {"127.0.0.1:9", "http", "127.0.0.1:9", "127.0.0.1", 9},
      {"[::1]", "http", "[::1]", "[::1]", 0},
      {"[::1]:80", "http", "[::1]", "[::1]", 80},
      {"[FE80::A]:81", "http", "[fe80::a]:81", "[fe80::a]", 81},
      {"[::ffff:1.2.3.4]", "http", "[::ffff:1.2.3.4]", "[::ffff:1.2.3.4]", 0},
      {"xn--bcher-kva.example", "http", "xn--bcher-kva.example", "xn--bcher-kva.example", 0},
      {std::string(255, 'a'), "http", std::string(255, 'a'), std::string(255, 'a'), 0},
  };
  for (const Case& c : cases) {
    SCOPED_TRACE(c.input);
    const AuthorityResult result = NormalizeAuthority(c.input, c.scheme, arena_);
    EXPECT_TRUE(result.parts.valid);
    EXPECT_TRUE(IsValidAuthority(c.input));
    EXPECT_EQ(result.text, c.text);
    EXPECT_EQ(result.parts.host, c.host);
    EXPECT_EQ(result.parts.port, c.port);
    const AuthorityResult again = NormalizeAuthority(result.text, c.scheme, arena_);
    EXPECT_EQ(again.text, result.text);
    EXPECT_EQ(again.text.data(), result.text.data()) << "the normal form is not copied again";
    const bool stays = NormalizeAuthority(c.input, "http", arena_).text == c.input &&
                       NormalizeAuthority(c.input, "https", arena_).text == c.input;
    EXPECT_EQ(JudgeAuthority(c.input) == AuthorityForm::kCanonical, stays);
  }
}

TEST_F(AuthorityTest, RefusesWhatTwoReadersCouldTakeForTwoHosts) {
  const std::string cases[] = {
      "",
      ":80",
      ".",
      "..",
      ".a",
      "a..b",
      "a..",
      "user@a",
      "user:pw@a",
      "a/b",
      "a#b",
      "a?b",
      "a,b",
      "a, b",
      "a b",
      " a",
      "a ",
      "a\tb",
      "a:b",
      "a:80:80",
      "a:65536",
      "a:0",
      "a:00000",
      "a:123456",
      "a:-1",
      "a:+1",
      "a:8 0",
      "[::1",
      "::1",
      "[]",
      "[::1]x",
      "[::1]]",
      "[::1%25lo]",
      "[::1%lo]",
      "[g::]",
      "[1.2.3.4]",
      "[v1.x]",
      "a%2eb",
      "a%00",
      "\xc3\xbc.example",
      "a\\b",
      "a;b",
      "a'b",
      "(a)",
      "a*",
      "a=b",
      "a&b",
      "a!",
      "a$",
      "a+b",
      "a\"b",
      "a<b",
      "a|b",
      "a^b",
      "a`b",
      "{a}",
      std::string("a\0b", 3),
      "a\r\nb",
      "a\x7f",
      "a\x80",
      std::string(256, 'a'),
      std::string(65536, 'a'),
      "[" + std::string(64, ':') + "]",
      "[" + std::string("::1\0", 4) + "]",
  };
  for (const std::string& input : cases) {
    SCOPED_TRACE(input);
    EXPECT_FALSE(NormalizeAuthority(input, "http", arena_).parts.valid);
    EXPECT_FALSE(IsValidAuthority(input));
  }
}

}  // namespace
}  // namespace sluice::http
