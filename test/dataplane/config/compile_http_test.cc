#include <gtest/gtest.h>

#include "dataplane/config/compile_listeners.h"
#include "envoy/extensions/filters/http/router/v3/router.pb.h"
#include "test/dataplane/config/listener_text.h"

namespace sluice::config {
namespace {

using Hcm = envoy::extensions::filters::network::http_connection_manager::v3::HttpConnectionManager;

class CompileHttpTest : public testing::Test {
 protected:
  std::shared_ptr<const HttpConfig> Compile(const std::string& text) {
    return CompileHttp(FromText<Hcm>(text), "hcm", stats, errors);
  }
  stats::HttpStatsRegistry stats{2};
  ErrorList errors;
};

TEST_F(CompileHttpTest, HasSafeDefaults) {
  const auto http = Compile(HttpText(""));
  ASSERT_NE(http, nullptr);
  EXPECT_TRUE(http->use_remote_address);
  EXPECT_TRUE(http->path.normalize);
  EXPECT_TRUE(http->path.merge_slashes);
  EXPECT_EQ(http->path.escaped_slashes, http::EscapedSlashes::kReject);
  EXPECT_EQ(http->http1.rules.underscores, http1::UnderscorePolicy::kRefuse);
  EXPECT_EQ(http->http1.limits.head, 32u * 1024);
  EXPECT_EQ(http->http1.limits.fields, 100u);
  EXPECT_EQ(http->timeouts.request_headers, std::chrono::seconds(10));
  EXPECT_EQ(http->via_line, "via: 1.1 sluice\r\n");
}

TEST_F(CompileHttpTest, TakesWhatIsSet) {
  const auto http = Compile(HttpText(
      "via: 'edge' server_name: 'front' xff_num_trusted_hops: 2 use_remote_address { value: false } "
      "stream_idle_timeout { seconds: 7 nanos: 500000000 } request_headers_timeout { seconds: 3 } "
      "max_request_headers_kb { value: 16 } preserve_external_request_id: true "
      "common_http_protocol_options { idle_timeout { seconds: 9 } max_headers_count { value: 40 } "
      "headers_with_underscores_action: DROP_HEADER max_requests_per_connection { value: 5 } } "
      "path_with_escaped_slashes_action: KEEP_UNCHANGED"));
  ASSERT_NE(http, nullptr);
  EXPECT_EQ(http->via_line, "via: 1.1 edge\r\n");
  EXPECT_EQ(http->server_line, "server: front\r\n");
  EXPECT_EQ(http->xff_num_trusted_hops, 2u);
  EXPECT_FALSE(http->use_remote_address);
  EXPECT_EQ(http->timeouts.stream_idle, std::chrono::milliseconds(7500));
  EXPECT_EQ(http->timeouts.request_headers, std::chrono::seconds(3));
  EXPECT_EQ(http->timeouts.connection_idle, std::chrono::seconds(9));
  EXPECT_EQ(http->http1.limits.head, 16u * 1024);
  EXPECT_EQ(http->http1.limits.fields, 40u);
  EXPECT_EQ(http->http1.rules.underscores, http1::UnderscorePolicy::kDrop);
  EXPECT_EQ(http->max_requests_per_connection, 5u);
  EXPECT_EQ(http->path.escaped_slashes, http::EscapedSlashes::kKeep);
}

TEST_F(CompileHttpTest, TheSamePrefixHasTheSameCounters) {
  const auto first = Compile(HttpText(""));
  const auto second = Compile(HttpText("via: 'x'"));
  EXPECT_EQ(first->stats.get(), second->stats.get());
}

TEST_F(CompileHttpTest, RefusesWhatIsNotImplementedByName) {
  EXPECT_EQ(Compile(HttpText("proxy_100_continue: true add_user_agent { value: true }")), nullptr);
  EXPECT_EQ(Lines(errors), (std::vector<std::string>{"hcm.add_user_agent: not implemented yet",
                                                     "hcm.proxy_100_continue: not implemented yet"}));
}

TEST_F(CompileHttpTest, TheRouterIsLastAndOnlyThere) {
  EXPECT_EQ(Compile(std::string("stat_prefix: 'a' ") + kRoutes), nullptr);
  EXPECT_EQ(Lines(errors).back(), "hcm.http_filters: the router is required as the last filter");
  EXPECT_EQ(Compile(HttpText(kRouter)), nullptr);
  EXPECT_EQ(Lines(errors).back(), "hcm.http_filters[0]: the router must be the last filter");
}

TEST_F(CompileHttpTest, RefusesOtherFiltersUnlessTheyAreOptional) {
  const std::string cors =
      "http_filters { name: 'cors' %s typed_config { type_url: 'type.googleapis.com/x.Cors' } } ";
  const auto with = [&](const char* optional) {
    std::string text = cors;
    text.replace(text.find("%s"), 2, optional);
    return "stat_prefix: 'a' " + text + kRouter + kRoutes;
  };
  EXPECT_EQ(Compile(with("")), nullptr);
  EXPECT_EQ(errors.errors().back().field_path, "hcm.http_filters[0].typed_config");
  errors = {};
  EXPECT_NE(Compile(with("is_optional: true")), nullptr);
}

TEST_F(CompileHttpTest, RefusesNegativeAndAbsurdTimes) {
  EXPECT_EQ(Compile(HttpText("drain_timeout { seconds: -1 } request_timeout { seconds: 99999999999 }")), nullptr);
  EXPECT_EQ(errors.size(), 2u);
}

TEST_F(CompileHttpTest, ErrorsOfRoutesAndLogsComeTogether) {
  EXPECT_EQ(Compile(std::string(kRouter) +
                    "route_config { virtual_hosts { name: '' domains: '*' } } access_log { name: 'x' }"),
            nullptr);
  std::string all;
  for (const std::string& line : Lines(errors)) all += line + "\n";
  EXPECT_NE(all.find("hcm.stat_prefix"), std::string::npos) << all;
  EXPECT_NE(all.find("hcm.route_config.virtual_hosts[0].name"), std::string::npos) << all;
  EXPECT_NE(all.find("hcm.access_log[0]"), std::string::npos) << all;
}

}  // namespace
}  // namespace sluice::config
