#include "dataplane/route/hash_policy.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <bit>
#include <string>
#include <vector>

#include "dataplane/base/hash.h"
#include "test/dataplane/route/request.h"

namespace sluice::route {
namespace {

using base::XxHash64;

HashRule FieldRule(std::string_view name, bool terminal = false) {
  HashRule rule;
  rule.kind = HashRule::Kind::kHeader;
  rule.header = HeaderName::Of(name);
  rule.terminal = terminal;
  return rule;
}
HashRule CookieRule(std::string name) {
  HashRule rule;
  rule.kind = HashRule::Kind::kCookie;
  rule.name = std::move(name);
  return rule;
}
HashRule ParameterRule(std::string name) {
  HashRule rule;
  rule.kind = HashRule::Kind::kQueryParameter;
  rule.name = std::move(name);
  return rule;
}

RequestHash Of(std::vector<HashRule> rules, Request& request, const HashClient& client = {}) {
  return HashPolicy(std::move(rules)).Of(request.head, client, request.arena);
}
RequestHash Of(std::vector<HashRule> rules, Request&& request, const HashClient& client = {}) {
  return Of(std::move(rules), request, client);
}

TEST(HashPolicyTest, HashesAField) {
  EXPECT_EQ(Of({FieldRule("x-key")}, Request().With("X-Key", "k1")).hash, XxHash64("k1"));
  EXPECT_EQ(Of({FieldRule("x-key")}, Request().With("x-key", "")).hash, XxHash64(""));
  EXPECT_EQ(Of({FieldRule("x-key")}, Request()).hash, std::nullopt);
  EXPECT_EQ(Of({FieldRule(":path")}, Request("/a?b=1")).hash, XxHash64("/a?b=1"));
}

TEST(HashPolicyTest, LinesOfAFieldCountInAnyOrder) {
  const auto ab = Of({FieldRule("x-key")}, Request().With("x-key", "a").With("x-key", "b")).hash;
  const auto ba = Of({FieldRule("x-key")}, Request().With("x-key", "b").With("x-key", "a")).hash;
  EXPECT_EQ(ab, ba);
  EXPECT_NE(ab, Of({FieldRule("x-key")}, Request().With("x-key", "a,b")).hash);
  EXPECT_EQ(Of({FieldRule("accept")}, Request().With("accept", "a").With("accept", "b")).hash,
            XxHash64("a,b"))
      << "one of the fields that Envoy keeps as one value";
}

TEST(HashPolicyTest, RewritesAFieldFirst) {
  HashRule rule = FieldRule("x-key");
  rule.regex = std::make_shared<const Regex>(Regex::Compile("^k([0-9]).*").value());
  rule.substitution = "\\1";
  EXPECT_EQ(Of({rule}, Request().With("x-key", "k7suffix")).hash, XxHash64("7"));
  EXPECT_EQ(Of({rule}, Request().With("x-key", "other")).hash, XxHash64("other"));
}

TEST(HashPolicyTest, HashesTheFirstCookieOfThatNameWithoutItsQuotes) {
  for (const std::string_view text :
       {"s=v3", "a=b; s=v3", "as=x;s=v3; s=v4", "a; s=\"v3\" ", " s = v3"}) {
    EXPECT_EQ(Of({CookieRule("s")}, Request().With("cookie", text)).hash, XxHash64("v3")) << text;
  }
  EXPECT_EQ(Of({CookieRule("s")}, Request().With("cookie", "a=1").With("cookie", "s=v3")).hash,
            XxHash64("v3"));
  for (const std::string_view text : {"", "s=", "ss=v3", "s", "S=v3"}) {
    EXPECT_EQ(Of({CookieRule("s")}, Request().With("cookie", text)).hash, std::nullopt) << text;
  }
}

TEST(HashPolicyTest, MakesACookieOfTheConnectionThatLaterRequestsAreHashedBy) {
  HashRule rule = CookieRule("s");
  rule.makes_cookie = true;
  rule.cookie_attributes = "; Max-Age=60; Path=/p; HttpOnly";
  Request request;
  const HashClient client{.ip = {}, .connection = "192.0.2.7:4711192.0.2.1:80"};
  const RequestHash made = Of({rule}, request, client);
  ASSERT_EQ(made.set_cookie.substr(0, 3), "s=\"");
  const std::string value(made.set_cookie.substr(3, 16));
  EXPECT_EQ(made.set_cookie, "s=\"" + value + "\"; Max-Age=60; Path=/p; HttpOnly");
  EXPECT_EQ(value.find_first_not_of("0123456789abcdef"), std::string::npos);
  Request next;
  next.With("cookie", "s=\"" + value + "\"");
  const RequestHash again = Of({rule}, next, client);
  EXPECT_EQ(again.hash, made.hash);
  EXPECT_EQ(again.set_cookie, "");
}

TEST(HashPolicyTest, HashesTheClientsAddressIfItIsKnown) {
  EXPECT_EQ(Of({HashRule()}, Request(), {.ip = "192.0.2.7", .connection = {}}).hash,
            XxHash64("192.0.2.7"));
  EXPECT_EQ(Of({HashRule()}, Request()).hash, std::nullopt);
}

TEST(HashPolicyTest, HashesTheFirstQueryParameterAsItStands) {
  EXPECT_EQ(Of({ParameterRule("k")}, Request("/?a=1&k=v0&k=zz")).hash, XxHash64("v0"));
  EXPECT_EQ(Of({ParameterRule("k")}, Request("/?k=%41")).hash, XxHash64("%41"));
  EXPECT_EQ(Of({ParameterRule("k")}, Request("/?k=")).hash, XxHash64(""));
  EXPECT_EQ(Of({ParameterRule("k")}, Request("/?k")).hash, XxHash64(""));
  EXPECT_EQ(Of({ParameterRule("k")}, Request("/?kk=1&ak=2")).hash, std::nullopt);
  EXPECT_EQ(Of({ParameterRule("k")}, Request("/k=1")).hash, std::nullopt);
}

TEST(HashPolicyTest, MixesAllThatItFindsUntilATerminalRuleHasAHash) {
  Request both;
  both.With("x-key", "k").With("x-two", "t");
  const auto mixed = Of({FieldRule("x-key"), FieldRule("x-two")}, both).hash;
  EXPECT_EQ(mixed, std::rotl(XxHash64("k"), 1) ^ XxHash64("t"));
  EXPECT_EQ(Of({FieldRule("x-key", true), FieldRule("x-two")}, both).hash, XxHash64("k"));
  EXPECT_EQ(Of({FieldRule("absent", true), FieldRule("x-two")}, both).hash, XxHash64("t"));
  EXPECT_NE(Of({FieldRule("x-key"), FieldRule("x-key")}, both).hash, 0u);
}

// The last number of the address that Envoy 1.40 chose in a Maglev table of 65537 entries among
// 127.0.7.1:9000 to 127.0.7.10:9000, which is filled here once more.
class EnvoysHostTest : public testing::Test {
 protected:
  static constexpr uint64_t kSize = 65537;
  EnvoysHostTest() : hosts_(kSize) {
    std::vector<std::string> keys;
    for (int i = 1; i <= 10; ++i) keys.push_back("127.0.7." + std::to_string(i) + ":9000");
    std::sort(keys.begin(), keys.end());
    std::vector<uint64_t> next(10);
    for (uint64_t filled = 0; filled < kSize; ++filled) {
      const size_t turn = filled % 10;
      const uint64_t skip = XxHash64(keys[turn], 1) % (kSize - 1) + 1;
      uint64_t at;
      do {
        at = (XxHash64(keys[turn]) + skip * next[turn]++) % kSize;
      } while (hosts_[at] != 0);
      hosts_[at] = std::stoi(keys[turn].substr(8));
    }
  }
  int Host(const std::vector<HashRule>& rules, Request&& request, const HashClient& client = {}) {
    return Host(rules, request, client);
  }
  int Host(const std::vector<HashRule>& rules, Request& request, const HashClient& client = {}) {
    return hosts_[Of(rules, request, client).hash.value() % kSize];
  }
  std::vector<int> hosts_;
};

TEST_F(EnvoysHostTest, IsOursForFieldsCookiesParametersAndAddresses) {
  const std::array<int, 10> values = {3, 8, 1, 7, 6, 8, 2, 3, 3, 6};
  const std::array<int, 10> mixed = {10, 10, 5, 9, 6, 1, 1, 9, 5, 10};
  const std::array<int, 10> first = {5, 8, 9, 8, 6, 1, 5, 7, 10, 1};
  const std::array<int, 10> rewritten = {1, 3, 6, 4, 1, 10, 5, 7, 9, 6};
  HashRule rewrite = FieldRule("x-key");
  rewrite.regex = std::make_shared<const Regex>(Regex::Compile("^k([0-9]).*").value());
  rewrite.substitution = "\\1";
  for (size_t i = 0; i < 10; ++i) {
    const std::string n = std::to_string(i);
    EXPECT_EQ(Host({CookieRule("sess")}, Request().With("cookie", "a=b; sess=v" + n)), values[i]);
    EXPECT_EQ(Host({ParameterRule("k")}, Request("/q/?a=1&k=v" + n + "&k=zz")), values[i]);
    Request request;
    request.With("x-key", "k" + n).With("x-two", "t" + n);
    EXPECT_EQ(hosts_[*Of({FieldRule("x-key"), FieldRule("x-two")}, request).hash % kSize], mixed[i]);
    EXPECT_EQ(hosts_[*Of({FieldRule("x-key", true), FieldRule("x-two")}, request).hash % kSize],
              first[i]);
    EXPECT_EQ(Host({rewrite}, Request().With("x-key", "k" + n + "suffix")), rewritten[i]);
  }
  EXPECT_EQ(Host({FieldRule("x-key")}, Request().With("x-key", "b").With("x-key", "a")), 8);
  EXPECT_EQ(Host({FieldRule("x-key")}, Request().With("x-key", "a,b")), 10);
  EXPECT_EQ(Host({FieldRule("x-key")}, Request().With("x-key", "")), 4);
  EXPECT_EQ(Host({ParameterRule("k")}, Request("/q/?k=")), 4);
  EXPECT_EQ(Host({ParameterRule("k")}, Request("/q/?k=%41")), 1);
  EXPECT_EQ(Host({HashRule()}, Request(), {.ip = "127.0.0.1", .connection = {}}), 2);
}

TEST_F(EnvoysHostTest, IsOursForACookieMadeOfTheConnection) {
  HashRule rule = CookieRule("sess");
  rule.makes_cookie = true;
  EXPECT_EQ(Host({rule}, Request(), {.ip = {}, .connection = "127.0.0.1:38622127.0.0.1:19377"}), 8);
  EXPECT_EQ(Host({rule}, Request(), {.ip = {}, .connection = "127.0.0.1:38632127.0.0.1:19377"}), 7);
}

}  // namespace
}  // namespace sluice::route
