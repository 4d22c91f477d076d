#include "dataplane/config/compile_hash_policy.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "test/dataplane/config/route_text.h"

namespace sluice::config {
namespace {

using envoy::config::route::v3::RouteAction;
using route::HashRule;
using testing::IsEmpty;
using testing::UnorderedElementsAre;
using Kind = HashRule::Kind;

std::vector<HashRule> Compiled(const std::string& text) {
  ErrorList errors;
  const auto policy = CompileHashPolicy(FromText<RouteAction>(text), "a", errors);
  EXPECT_THAT(Lines(errors), IsEmpty()) << text;
  return policy.rules();
}

std::vector<std::string> Errors(const std::string& text) {
  ErrorList errors;
  CompileHashPolicy(FromText<RouteAction>(text), "a", errors);
  return Lines(errors);
}

TEST(CompileHashPolicy, TakesEveryKindInOrder) {
  const auto rules = Compiled(
      "hash_policy { header { header_name: 'X-Key' regex_rewrite { pattern { regex: 'a(.)' } "
      "substitution: '\\\\1?' } } terminal: true } "
      "hash_policy { cookie { name: 's' } } "
      "hash_policy { connection_properties { source_ip: true } } "
      "hash_policy { connection_properties {} } "
      "hash_policy { query_parameter { name: 'q' } }");
  ASSERT_EQ(rules.size(), 4u) << "source_ip: false asks for nothing";
  EXPECT_EQ(rules[0].kind, Kind::kHeader);
  EXPECT_TRUE(rules[0].terminal);
  EXPECT_EQ(rules[0].header.text, "x-key");
  EXPECT_EQ(rules[0].substitution, "\\1?");
  ASSERT_NE(rules[0].regex, nullptr);
  EXPECT_EQ(rules[1].kind, Kind::kCookie);
  EXPECT_EQ(rules[1].name, "s");
  EXPECT_FALSE(rules[1].makes_cookie || rules[1].terminal);
  EXPECT_EQ(rules[2].kind, Kind::kSourceIp);
  EXPECT_EQ(rules[3].kind, Kind::kQueryParameter);
  EXPECT_EQ(rules[3].name, "q");
}

TEST(CompileHashPolicy, ATtlMakesACookieAndZeroOneOfTheSession) {
  const auto rules = Compiled(
      "hash_policy { cookie { name: 's' ttl { seconds: 60 nanos: 5 } path: '/p' } } "
      "hash_policy { cookie { name: 's' ttl {} attributes { name: 'SameSite' value: 'Lax' } "
      "attributes { name: 'Secure' } } }");
  EXPECT_TRUE(rules[0].makes_cookie);
  EXPECT_EQ(rules[0].cookie_attributes, "; Max-Age=60; Path=/p; HttpOnly");
  EXPECT_TRUE(rules[1].makes_cookie);
  EXPECT_EQ(rules[1].cookie_attributes, "; SameSite=Lax; Secure; HttpOnly");
}

TEST(CompileHashPolicy, ReportsEveryErrorWithItsPath) {
  EXPECT_THAT(
      Errors("hash_policy {} hash_policy { filter_state { key: 'k' } } "
             "hash_policy { header { header_name: 'a b' } } "
             "hash_policy { header { header_name: ':unknown' } } "
             "hash_policy { header { header_name: 'x' regex_rewrite { pattern { regex: 'a' } "
             "substitution: '\\\\1' } } } "
             "hash_policy { cookie { name: 'a=b' ttl { seconds: -1 } path: '/;' "
             "attributes { name: '' value: 'a;b' } } } "
             "hash_policy { query_parameter {} }"),
      UnorderedElementsAre(
          "a.hash_policy[0]: one of header, cookie, connection_properties, query_parameter is required",
          "a.hash_policy[1].filter_state: not implemented yet",
          testing::StartsWith("a.hash_policy[2].header.header_name: "),
          "a.hash_policy[3].header.header_name: ':unknown' is not a known pseudo field",
          testing::StartsWith("a.hash_policy[4].header.regex_rewrite.substitution: "),
          "a.hash_policy[5].cookie.name: is not a cookie's name",
          "a.hash_policy[5].cookie.ttl: must not be negative",
          "a.hash_policy[5].cookie.path: has a byte that a cookie's attribute cannot hold",
          "a.hash_policy[5].cookie.attributes[0].name: is not a token",
          "a.hash_policy[5].cookie.attributes[0].value: has a byte that a cookie's attribute cannot "
          "hold",
          "a.hash_policy[6].query_parameter.name: must not be empty"));
}

}  // namespace
}  // namespace sluice::config
