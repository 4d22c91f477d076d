#include "controlplane/model/syntax.h"

#include <gtest/gtest.h>

namespace sluice::model {
namespace {

TEST(SyntaxTest, Hosts) {
  for (const char* host : {"a", "shop.example.com", "*.example.com", "*", "10.0.0.1", "[::1]"}) {
    EXPECT_EQ(HostError(host), "") << host;
  }
  for (const char* host : {"", "Shop.example.com", "a:80", "*a.com", "a.*", "a..b", "-a.b", "a b",
                           "::1", "[1.2.3.4]", ".a", "a."}) {
    EXPECT_NE(HostError(host), "") << host;
  }
}

TEST(SyntaxTest, Authorities) {
  for (const char* text : {"a.test", "A.test", "a.test:8080", "[::1]", "[::1]:80"}) {
    EXPECT_TRUE(IsAuthority(text)) << text;
  }
  for (const char* text : {"", "a:", "a:0", "a:65536", "a:b", "http://a", "::1"}) {
    EXPECT_FALSE(IsAuthority(text)) << text;
  }
}

TEST(SyntaxTest, Addresses) {
  EXPECT_TRUE(IsIpLiteral("10.0.0.1"));
  EXPECT_TRUE(IsIpLiteral("fe80::1"));
  for (const char* text : {"", "10.0.0", "a.test", "[::1]"}) EXPECT_FALSE(IsIpLiteral(text)) << text;
}

TEST(SyntaxTest, TokensAndFieldValues) {
  EXPECT_TRUE(IsToken("x-a_b!"));
  for (const char* text : {"", "a b", "a:b", "\xc3\xa4"}) EXPECT_FALSE(IsToken(text)) << text;
  EXPECT_TRUE(IsFieldValue("a b\t\xc3\xa4"));
  EXPECT_FALSE(IsFieldValue("a\nb"));
  EXPECT_TRUE(IsFramingField("Content-Length"));
  EXPECT_FALSE(IsFramingField("content-type"));
}

TEST(SyntaxTest, Dates) {
  EXPECT_EQ(ParseDate("1970-01-02"), 86'400);
  EXPECT_EQ(ParseDate("2026-11-30"), 1'795'996'800);
  for (const char* text : {"", "2026-02-30", "2026-1-1", "2026-13-01", "-026-01-01", "2026-11-30T"}) {
    EXPECT_FALSE(ParseDate(text)) << text;
  }
}

TEST(SyntaxTest, Durations) {
  google::protobuf::Duration duration;
  duration.set_seconds(1);
  duration.set_nanos(5);
  EXPECT_EQ(NanosOf(duration), 1'000'000'005);
  duration.set_nanos(-1);
  EXPECT_FALSE(NanosOf(duration));
  duration.set_nanos(0);
  duration.set_seconds(366 * 86'400);
  EXPECT_FALSE(NanosOf(duration));
}

}  // namespace
}  // namespace sluice::model
