#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "envoy/config/core/v3/address.pb.h"
#include "envoy/config/listener/v3/listener.pb.h"
#include "envoy/extensions/filters/http/router/v3/router.pb.h"
#include "envoy/extensions/filters/network/http_connection_manager/v3/http_connection_manager.pb.h"
#include "envoy/extensions/filters/network/tcp_proxy/v3/tcp_proxy.pb.h"
#include "test/api/check/errors_of.h"

namespace sluice::api {
namespace {

using envoy::config::core::v3::CidrRange;
using envoy::config::listener::v3::FilterChain;
using envoy::config::listener::v3::Listener;
using envoy::extensions::filters::network::http_connection_manager::v3::HttpConnectionManager;
using testing::ElementsAre;

constexpr char kRouter[] =
    "typed_config { [type.googleapis.com/envoy.extensions.filters.http.router.v3.Router] {} }";
// Any other message stands for a filter that is not the last one.
constexpr char kOther[] = "typed_config { [type.googleapis.com/envoy.config.core.v3.Locality] {} }";
constexpr char kTcpProxy[] =
    "typed_config { [type.googleapis.com/envoy.extensions.filters.network.tcp_proxy.v3.TcpProxy] { "
    "stat_prefix: 't' cluster: 'c' } }";
constexpr char kAddress[] = "address { socket_address { address: '::' port_value: 80 } } ";

std::string HttpFilter(const std::string& name, const std::string& config) {
  return "http_filters { name: '" + name + "' " + config + " } ";
}

std::vector<std::string> ManagerErrors(const std::string& text) {
  return ErrorsOf<HttpConnectionManager>("stat_prefix: 's' route_config {} " + text);
}

TEST(ListenerRules, AListenerNeedsAnAddressAndAFilterChain) {
  EXPECT_THAT(ErrorsOf<Listener>(""),
              ElementsAre("m.address: is required", "m.filter_chains: must not be empty"));
  EXPECT_THAT(ErrorsOf<Listener>(std::string(kAddress) + "default_filter_chain {}"), ElementsAre());
  EXPECT_THAT(
      ErrorsOf<Listener>(std::string(kAddress) + "filter_chains {} additional_addresses {}"),
      ElementsAre("m.additional_addresses[0].address: is required"));
}

TEST(ListenerRules, AListenerForGrpcClientsNeedsAnHttpConnectionManagerInstead) {
  EXPECT_THAT(ErrorsOf<Listener>("api_listener { api_listener { [type.googleapis.com/"
                                 "envoy.config.core.v3.Locality] {} } }"),
              ElementsAre("m.api_listener.api_listener: must be an HttpConnectionManager"));
  EXPECT_THAT(
      ErrorsOf<Listener>("api_listener { api_listener { [type.googleapis.com/envoy.extensions."
                         "filters.network.http_connection_manager.v3.HttpConnectionManager] { "
                         "stat_prefix: 's' route_config {} " +
                         HttpFilter("r", kRouter) + "} } }"),
      ElementsAre());
}

TEST(ListenerRules, FilterChainsMatchDifferentConnections) {
  EXPECT_THAT(ErrorsOf<Listener>(std::string(kAddress) +
                                 "filter_chains { filter_chain_match { server_names: 'a' } } "
                                 "filter_chains { filter_chain_match { server_names: 'b' } } "
                                 "filter_chains { filter_chain_match { server_names: 'a' } }"),
              ElementsAre("m.filter_chains[2].filter_chain_match: is the same as that of "
                          "filter_chains[0]"));
}

TEST(ListenerRules, TheLastNetworkFilterIsTerminalAndNoOther) {
  const std::string tcp = std::string("filters { name: 't' ") + kTcpProxy + "} ";
  const std::string other = std::string("filters { name: 'o' ") + kOther + "} ";
  EXPECT_THAT(ErrorsOf<FilterChain>(other + tcp), ElementsAre());
  EXPECT_THAT(ErrorsOf<FilterChain>(tcp + other),
              ElementsAre("m.filters[0]: an HttpConnectionManager or a TcpProxy must be the last "
                          "network filter",
                          "m.filters[1]: the last network filter must be an HttpConnectionManager "
                          "or a TcpProxy"));
}

TEST(ListenerRules, TheRouterIsTheLastHttpFilterAndNoOther) {
  EXPECT_THAT(ManagerErrors(HttpFilter("o", kOther) + HttpFilter("r", kRouter)), ElementsAre());
  EXPECT_THAT(ManagerErrors(""), ElementsAre("m.http_filters: must end with the router"));
  EXPECT_THAT(ManagerErrors(HttpFilter("r", kRouter) + HttpFilter("o", kOther)),
              ElementsAre("m.http_filters[0]: the router must be the last HTTP filter",
                          "m.http_filters[1]: the last HTTP filter must be the router"));
  EXPECT_THAT(ManagerErrors(HttpFilter("r", std::string("disabled: true ") + kRouter)),
              ElementsAre("m.http_filters[0].disabled: the router cannot be disabled"));
}

TEST(ListenerRules, HttpFilterNamesAreUniqueAndNotEmpty) {
  EXPECT_THAT(ManagerErrors(HttpFilter("a", kOther) + HttpFilter("", kOther) +
                            HttpFilter("a", kOther) + HttpFilter("r", kRouter)),
              ElementsAre("m.http_filters[2].name: \"a\" is the name of http_filters[0] too",
                          "m.http_filters[1].name: must not be empty"));
}

TEST(ListenerRules, RdsNeedsANameAndUpgradesDiffer) {
  EXPECT_THAT(ErrorsOf<HttpConnectionManager>("stat_prefix: 's' rds { config_source { ads {} } } " +
                                              HttpFilter("r", kRouter)),
              ElementsAre("m.rds.route_config_name: must not be empty"));
  EXPECT_THAT(
      ManagerErrors(HttpFilter("r", kRouter) +
                    "upgrade_configs { upgrade_type: 'websocket' } upgrade_configs {} "
                    "upgrade_configs { upgrade_type: 'WebSocket' filters { name: 'o' " +
                    kOther + "} }"),
      ElementsAre("m.upgrade_configs[1].upgrade_type: must not be empty",
                  "m.upgrade_configs[2].filters[0]: the last HTTP filter must be the router",
                  "m.upgrade_configs[2].upgrade_type: \"WebSocket\" is the type of "
                  "upgrade_configs[0] too"));
}

TEST(ListenerRules, CidrRangesAreAddressesWithAPrefixOfTheirFamily) {
  EXPECT_THAT(ErrorsOf<CidrRange>("address_prefix: '10.0.0.0' prefix_len { value: 32 }"),
              ElementsAre());
  EXPECT_THAT(ErrorsOf<CidrRange>("address_prefix: '::' prefix_len { value: 128 }"), ElementsAre());
  EXPECT_THAT(ErrorsOf<CidrRange>("address_prefix: '10.0.0.0' prefix_len { value: 33 }"),
              ElementsAre("m.prefix_len: must be at most 32 for IPv4, is 33"));
  EXPECT_THAT(ErrorsOf<CidrRange>("address_prefix: 'example.com'"),
              ElementsAre("m.address_prefix: is no IP address"));
}

}  // namespace
}  // namespace sluice::api
