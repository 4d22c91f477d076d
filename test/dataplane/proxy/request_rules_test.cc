#include "dataplane/proxy/request_rules.h"

#include <gtest/gtest.h>

namespace sluice::proxy {
namespace {

using http::FieldId;

class RulesTest : public testing::Test {
 protected:
  class One final : public filter::Exchange {
   public:
    explicit One(buffer::BlockPool& pool) : Exchange(pool) {}
    void Resume() override {}
  };

  RulesTest() : exchange(pool) {
    exchange.downstream_remote = &peer;
    exchange.request.method = http::Method::kGet;
    exchange.request.path = "/";
    exchange.request.scheme = "http";
    exchange.request.authority = "shop.example";
  }

  // The reply's details code, "" for none.
  std::string_view Rewrite() {
    auto reply = RewriteHopFields(exchange, config, "x-request-id: fresh-id\r\n");
    return reply ? reply->details : std::string_view();
  }
  std::string Value(std::string_view name) {
    return std::string(exchange.request.Combined(name).value_or("(absent)"));
  }

  buffer::BlockPool pool;
  net::Address peer = *net::Address::FromIp("203.0.113.9", 5555);
  config::HttpConfig config;
  One exchange;
};

TEST_F(RulesTest, ReplacesForwardedForOfStrangersByThePeer) {
  exchange.request.Append("X-Forwarded-For", "10.0.0.1, 10.0.0.2");
  EXPECT_EQ(Rewrite(), "");
  EXPECT_EQ(Value("x-forwarded-for"), "203.0.113.9");
  EXPECT_EQ(exchange.client_ip, "203.0.113.9");
}

TEST_F(RulesTest, KeepsTheEntriesThatTrustedHopsWrote) {
  config.xff_num_trusted_hops = 1;
  exchange.request.Append("X-Forwarded-For", "evil, 198.51.100.4");
  EXPECT_EQ(Rewrite(), "");
  EXPECT_EQ(Value("x-forwarded-for"), "198.51.100.4, 203.0.113.9");
  EXPECT_EQ(exchange.client_ip, "198.51.100.4");
}

TEST_F(RulesTest, TakesAllEntriesWhenThereAreFewerThanTrustedHops) {
  config.xff_num_trusted_hops = 5;
  exchange.request.Append("X-Forwarded-For", "198.51.100.4");
  EXPECT_EQ(Rewrite(), "");
  EXPECT_EQ(Value("x-forwarded-for"), "198.51.100.4, 203.0.113.9");
}

TEST_F(RulesTest, BelievesAPeerThatIsOurs) {
  config.use_remote_address = false;
  exchange.request.Append("X-Forwarded-For", "198.51.100.4");
  exchange.request.Append("X-Forwarded-Proto", "https");
  EXPECT_EQ(Rewrite(), "");
  EXPECT_EQ(Value("x-forwarded-for"), "198.51.100.4");
  EXPECT_EQ(Value("x-forwarded-proto"), "https");
}

TEST_F(RulesTest, RemovesWhatStrangersForge) {
  for (const char* name : {"X-Forwarded-Host", "X-Forwarded-Port", "X-Forwarded-Prefix", "Forwarded",
                           "X-Real-IP", "X-Original-URL", "X-Rewrite-URL",
                           "X-HTTP-Method-Override", "X-Forwarded-Client-Cert"}) {
    exchange.request.Append(name, "forged");
  }
  exchange.request.Append("X-Forwarded-Proto", "https");
  EXPECT_EQ(Rewrite(), "");
  for (const char* name : {"x-forwarded-host", "x-forwarded-port", "x-forwarded-prefix", "forwarded",
                           "x-real-ip", "x-original-url", "x-rewrite-url",
                           "x-http-method-override", "x-forwarded-client-cert"}) {
    EXPECT_EQ(Value(name), "(absent)") << name;
  }
  EXPECT_EQ(Value("x-forwarded-proto"), "http");
}

TEST_F(RulesTest, ReplacesTheRequestIdOfStrangers) {
  exchange.request.Append("X-Request-Id", "theirs");
  EXPECT_EQ(Rewrite(), "");
  EXPECT_EQ(Value("x-request-id"), "fresh-id");
  EXPECT_EQ(exchange.request_id, "fresh-id");
}

TEST_F(RulesTest, PreservesARequestIdWhereTold) {
  config.preserve_external_request_id = true;
  exchange.request.Append("X-Request-Id", "theirs");
  EXPECT_EQ(Rewrite(), "");
  EXPECT_EQ(exchange.request_id, "theirs");
}

TEST_F(RulesTest, AppendsToViaAndRefusesTheFifthReturn) {
  for (int i = 0; i < 4; ++i) exchange.request.Append("Via", "1.1 sluice");
  EXPECT_EQ(Rewrite(), "");
  EXPECT_EQ(Value("via"), "1.1 sluice, 1.1 sluice, 1.1 sluice, 1.1 sluice, 1.1 sluice");
  EXPECT_EQ(Rewrite(), "loop_detected");
}

TEST_F(RulesTest, ForeignViaEntriesAreNoLoop) {
  exchange.request.Append("Via", "1.1 a, 1.1 b, 1.1 c, 1.1 d, 1.0 e, 1.1 sluicer");
  EXPECT_EQ(Rewrite(), "");
}

TEST_F(RulesTest, RemovesHopByHopFieldsAndWhatConnectionNames) {
  auto& head = exchange.request;
  head.Append("Connection", "close, X-Drop");
  head.Append("X-Drop", "1");
  head.Append("Keep-Alive", "timeout=5");
  head.Append("Proxy-Connection", "keep-alive");
  head.Append("TE", "gzip");
  head.Append("Upgrade", "h2c");
  head.Append("HTTP2-Settings", "x");
  head.Append("X-Keep", "1");
  RemoveHopByHop(head);
  for (const char* name : {"connection", "x-drop", "keep-alive", "proxy-connection", "te",
                           "upgrade", "http2-settings"}) {
    EXPECT_EQ(Value(name), "(absent)") << name;
  }
  EXPECT_EQ(Value("x-keep"), "1");
}

TEST_F(RulesTest, PassesTeTrailersOn) {
  exchange.request.Append("TE", "trailers");
  RemoveHopByHop(exchange.request);
  EXPECT_EQ(Value("te"), "trailers");
}

struct MethodCase {
  http::Method method;
  std::string_view path;
  std::string_view max_forwards;
  uint16_t status;  // 0: passes
};

TEST_F(RulesTest, AnswersMethodsThatEndHere) {
  const MethodCase cases[] = {
      {http::Method::kTrace, "/", "", 405},        {http::Method::kConnect, "", "", 405},
      {http::Method::kOptions, "*", "", 204},      {http::Method::kOptions, "/x", "", 0},
      {http::Method::kOptions, "/x", "0", 204},    {http::Method::kOptions, "/x", "nine", 400},
      {http::Method::kGet, "/x", "0", 0},
  };
  for (const MethodCase& c : cases) {
    exchange.request.Clear();
    exchange.request.method = c.method;
    exchange.request.path = c.path;
    if (!c.max_forwards.empty()) exchange.request.Append("Max-Forwards", c.max_forwards);
    const auto reply = CheckMethod(exchange);
    EXPECT_EQ(reply ? reply->status : 0, c.status) << c.path << " " << c.max_forwards;
  }
}

TEST_F(RulesTest, DecrementsMaxForwardsOfOptions) {
  exchange.request.method = http::Method::kOptions;
  exchange.request.Append("Max-Forwards", "10");
  EXPECT_FALSE(CheckMethod(exchange));
  EXPECT_EQ(Value("max-forwards"), "9");
}

TEST_F(RulesTest, SaysThatUpgradesAreNotEnabledButServesH2c) {
  exchange.request.has_upgrade = true;
  exchange.request.Append("Upgrade", "websocket");
  EXPECT_EQ(CheckMethod(exchange)->details, "upgrade_not_enabled");
  exchange.request.Set(FieldId::kUpgrade, "h2c");
  EXPECT_FALSE(CheckMethod(exchange));
}

TEST_F(RulesTest, GivesPathAndAuthorityOneForm) {
  exchange.request.path = "/a/./b//c/../%41";
  exchange.request.authority = "SHOP.example.:80";
  EXPECT_FALSE(Canonicalise(exchange, config));
  EXPECT_EQ(exchange.request.path, "/a/b/A");
  EXPECT_EQ(exchange.request.authority, "shop.example");
  EXPECT_EQ(Value("host"), "shop.example");
}

TEST_F(RulesTest, RefusesPathsThatTwoParsersReadDifferently) {
  const std::pair<std::string_view, std::string_view> cases[] = {
      {"/a%2fb", "path_escaped_slash"}, {"/a%5cb", "path_escaped_slash"}, {"/a%00", "path_escaped_nul"},
      {"/a%zz", "path_bad_escape"},     {"/a\\b", "path_bad_byte"},
  };
  for (const auto& [path, details] : cases) {
    exchange.request.path = path;
    const auto reply = Canonicalise(exchange, config);
    ASSERT_TRUE(reply) << path;
    EXPECT_EQ(reply->details, details) << path;
    EXPECT_EQ(reply->status, 400);
  }
}

TEST_F(RulesTest, SetsServerAndDateOfResponses) {
  exchange.response.Append("Server", "apache");
  RewriteResponseFields(exchange, config, "date: today\r\n");
  EXPECT_EQ(exchange.response.Combined("server"), "sluice");
  EXPECT_EQ(exchange.response.Combined("date"), "today");
  config.server_header = config::HttpConfig::ServerHeader::kPassThrough;
  exchange.response.Set(FieldId::kServer, "apache");
  exchange.response.Set(FieldId::kDate, "theirs");
  RewriteResponseFields(exchange, config, "date: today\r\n");
  EXPECT_EQ(exchange.response.Combined("server"), "apache");
  EXPECT_EQ(exchange.response.Combined("date"), "theirs");
}

}  // namespace
}  // namespace sluice::proxy
