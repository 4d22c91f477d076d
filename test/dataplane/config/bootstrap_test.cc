#include "dataplane/config/bootstrap.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "envoy/extensions/filters/network/http_connection_manager/v3/http_connection_manager.pb.h"

namespace sluice::config {
namespace {

// A file that starts Envoy as well. Type names are as long as they are.
constexpr std::string_view kFile = R"(
node: { id: edge-1, cluster: edge }
admin: { address: { socket_address: { address: 127.0.0.1, port_value: 0 } } }
static_resources:
  listeners:
  - name: web
    address: { socket_address: { address: 0.0.0.0, port_value: 8080 } }
    filter_chains:
    - filters:
      - name: envoy.filters.network.http_connection_manager
        typed_config:
          "@type": type.googleapis.com/envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager
          stat_prefix: web
          route_config:
            virtual_hosts:
            - name: all
              domains: ["*"]
              routes:
              - match: { prefix: / }
                route: { cluster: backend, timeout: 2.5s }
          http_filters:
          - name: envoy.filters.http.router
            typed_config: { "@type": type.googleapis.com/envoy.extensions.filters.http.router.v3.Router }
  clusters:
  - name: backend
    type: STATIC
    connect_timeout: 1s
    load_assignment:
      cluster_name: backend
      endpoints:
      - lb_endpoints:
        - endpoint: { address: { socket_address: { address: 127.0.0.1, port_value: 9000 } } }
)";

std::string ErrorOf(std::string_view text) {
  ErrorList errors;
  EXPECT_FALSE(LoadBootstrap(text, errors).has_value());
  EXPECT_FALSE(errors.empty());
  return std::string(errors.ToStatus().message());
}

TEST(Bootstrap, ReadsTheFileThatStartsEnvoyToo) {
  ErrorList errors;
  const auto bootstrap = LoadBootstrap(kFile, errors);
  ASSERT_TRUE(bootstrap.has_value()) << errors.ToStatus().message();
  EXPECT_EQ(bootstrap->node().id(), "edge-1");
  const auto& listener = bootstrap->static_resources().listeners(0);
  EXPECT_EQ(listener.address().socket_address().port_value(), 8080u);
  envoy::extensions::filters::network::http_connection_manager::v3::HttpConnectionManager manager;
  ASSERT_TRUE(listener.filter_chains(0).filters(0).typed_config().UnpackTo(&manager));
  const auto& route = manager.route_config().virtual_hosts(0).routes(0).route();
  EXPECT_EQ(route.timeout().seconds(), 2);
  EXPECT_EQ(route.timeout().nanos(), 500'000'000);
}

TEST(Bootstrap, NamesTheFieldInsideAPackedFilterByItsWholePath) {
  std::string text(kFile);
  text.replace(text.find("stat_prefix"), 11, "stat_prefixx");
  EXPECT_EQ(ErrorOf(text),
            "static_resources.listeners[0].filter_chains[0].filters[0].typed_config.stat_prefixx: "
            "unknown field of envoy.extensions.filters.network.http_connection_manager.v3."
            "HttpConnectionManager (line 13, column 11)");
}

TEST(Bootstrap, RefusesATextThatIsNoDocumentWithItsPlace) {
  EXPECT_EQ(ErrorOf("node:\n  id: [a, b\n"),
            "not valid YAML: end of sequence flow not found (line 3, column 1)");
  EXPECT_EQ(ErrorOf("[]"), "expected a map of fields, found a list (line 1, column 1)");
}

TEST(Bootstrap, GivesWhatCouldBeReadToTheChecksBehindIt) {
  std::string text(kFile);
  text.replace(text.find("timeout: 2.5s"), 13, "timeout: soon");
  ErrorList errors;
  const auto bootstrap = ReadBootstrap(text, errors);
  EXPECT_EQ(errors.size(), 1u);
  ASSERT_TRUE(bootstrap.has_value());
  EXPECT_EQ(bootstrap->static_resources().clusters_size(), 1);
  EXPECT_FALSE(ReadBootstrap("[", errors).has_value());
}

TEST(Bootstrap, RefusesATextBeyondTheSizeLimitUnread) {
  EXPECT_EQ(ErrorOf(std::string(kMaxBootstrapBytes + 1, '#')),
            "67108865 bytes are more than the 67108864 allowed");
}

TEST(Bootstrap, RefusesNestingThatWouldNotBeReadBack) {
  const std::string open(400, '['), close(400, ']');
  EXPECT_THAT(ErrorOf("layered_runtime: {layers: [{static_layer: {a: " + open + close + "}}]}"),
              testing::HasSubstr("nested more than 100 levels deep"));
  const std::string deeper(100'000, '[');
  EXPECT_THAT(ErrorOf(deeper), testing::HasSubstr("not valid YAML: nested too deep"));
}

}  // namespace
}  // namespace sluice::config
