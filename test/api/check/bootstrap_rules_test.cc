#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "envoy/config/bootstrap/v3/bootstrap.pb.h"
#include "envoy/config/core/v3/config_source.pb.h"
#include "test/api/check/errors_of.h"

namespace sluice::api {
namespace {

using envoy::config::bootstrap::v3::Bootstrap;
using envoy::config::core::v3::ApiConfigSource;
using testing::ElementsAre;

std::string Listener(const std::string& name, const std::string& address, int port) {
  return "listeners { name: '" + name + "' address { socket_address { address: '" + address +
         "' port_value: " + std::to_string(port) + " } } filter_chains {} } ";
}

std::string StaticCluster(const std::string& name) {
  return "clusters { name: '" + name + "' load_assignment { cluster_name: '" + name + "' } } ";
}

std::vector<std::string> ErrorsOfResources(const std::string& resources) {
  return ErrorsOf<Bootstrap>("static_resources { " + resources + " }");
}

TEST(BootstrapRules, TwoListenersDoNotShareANameOrAnAddress) {
  EXPECT_THAT(ErrorsOfResources(Listener("a", "0.0.0.0", 80) + Listener("a", "0.0.0.0", 80)),
              ElementsAre("m.static_resources.listeners[1].name: \"a\" is the name of listeners[0] "
                          "too",
                          "m.static_resources.listeners[1].address: 0.0.0.0:80 is the address of "
                          "listeners[0] too"));
}

TEST(BootstrapRules, ListenersMayShareAnUnnamedStateAndTheAnyPort) {
  EXPECT_THAT(ErrorsOfResources(Listener("", "0.0.0.0", 0) + Listener("", "0.0.0.0", 0) +
                                Listener("", "127.0.0.1", 80) + Listener("", "127.0.0.2", 80)),
              ElementsAre());
}

TEST(BootstrapRules, TwoClustersDoNotShareAName) {
  EXPECT_THAT(ErrorsOfResources(StaticCluster("a") + StaticCluster("b") + StaticCluster("a")),
              ElementsAre("m.static_resources.clusters[2].name: \"a\" is the name of a cluster "
                          "before it too"));
}

TEST(BootstrapRules, TheServersOfTheControlPlaneAreStaticClusters) {
  const std::string ads =
      "dynamic_resources { ads_config { api_type: GRPC grpc_services { "
      "envoy_grpc { cluster_name: 'cp' } } } } ";
  EXPECT_THAT(
      ErrorsOf<Bootstrap>(ads),
      ElementsAre("m.dynamic_resources.ads_config.grpc_services[0].envoy_grpc.cluster_name: "
                  "there is no cluster \"cp\" in static_resources"));
  EXPECT_THAT(ErrorsOf<Bootstrap>(ads + "static_resources { " + StaticCluster("cp") + "}"),
              ElementsAre());
  EXPECT_THAT(
      ErrorsOf<Bootstrap>(ads + "static_resources { clusters { name: 'cp' type: EDS "
                                "eds_cluster_config { eds_config { ads {} } } } }"),
      ElementsAre("m.dynamic_resources.ads_config.grpc_services[0].envoy_grpc.cluster_name: "
                  "the cluster \"cp\" needs such a server itself (type EDS)"));
}

TEST(BootstrapRules, AdsNeedsItsConfig) {
  EXPECT_THAT(
      ErrorsOf<Bootstrap>("dynamic_resources { lds_config { ads {} } cds_config { ads {} } } "
                          "static_resources { clusters { name: 'c' type: EDS eds_cluster_config { "
                          "eds_config { ads {} } } } }"),
      ElementsAre("m.dynamic_resources.lds_config.ads: needs dynamic_resources.ads_config",
                  "m.dynamic_resources.cds_config.ads: needs dynamic_resources.ads_config",
                  "m.static_resources.clusters[0].eds_cluster_config.eds_config.ads: needs "
                  "dynamic_resources.ads_config"));
}

TEST(BootstrapRules, TheLocalClusterIsOneOfTheFile) {
  EXPECT_THAT(ErrorsOf<Bootstrap>("cluster_manager { local_cluster_name: 'me' }"),
              ElementsAre("m.cluster_manager.local_cluster_name: there is no cluster \"me\" in "
                          "static_resources"));
}

TEST(BootstrapRules, AGrpcSourceNamesItsServers) {
  EXPECT_THAT(ErrorsOf<ApiConfigSource>("api_type: DELTA_GRPC"),
              ElementsAre("m.grpc_services: must not be empty"));
  EXPECT_THAT(ErrorsOf<ApiConfigSource>(""), ElementsAre("m.api_type: is required"));
  EXPECT_THAT(ErrorsOf<ApiConfigSource>("api_type: AGGREGATED_GRPC"), ElementsAre());
}

}  // namespace
}  // namespace sluice::api
