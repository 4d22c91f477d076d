#include "api/check/check_resources.h"

#include <gmock/gmock.h>
#include <google/protobuf/text_format.h>
#include <gtest/gtest.h>

namespace sluice::api {
namespace {

using testing::ElementsAre;

template <typename M>
M Parse(const std::string& text) {
  M message;
  EXPECT_TRUE(google::protobuf::TextFormat::ParseFromString(text, &message)) << text;
  return message;
}

TEST(CheckResources, ResourcesOfTheirOwnNeedAName) {
  ErrorList errors;
  CheckListener(Parse<envoy::config::listener::v3::Listener>(
                    "address { pipe { path: '/p' } } filter_chains {}"),
                errors);
  CheckRouteConfiguration({}, errors);
  CheckClusterLoadAssignment({}, errors);
  CheckCluster(Parse<envoy::config::cluster::v3::Cluster>("load_assignment { cluster_name: 'c' }"),
               errors, "clusters[3]");
  EXPECT_THAT(errors.errors(), ElementsAre(FieldError{"name", "must not be empty"},
                                           FieldError{"name", "must not be empty"},
                                           FieldError{"cluster_name", "must not be empty"},
                                           FieldError{"clusters[3].name", "must not be empty"}));
}

TEST(CheckResources, EndpointsOfEdsAreAddressesNotNames) {
  const auto assignment = Parse<envoy::config::endpoint::v3::ClusterLoadAssignment>(
      "cluster_name: 'c' endpoints { lb_endpoints { endpoint { address { socket_address { "
      "address: 'backend' port_value: 80 } } } } lb_endpoints { endpoint { address { "
      "socket_address { address: '::1' port_value: 80 } } } } }");
  ErrorList errors;
  CheckClusterLoadAssignment(assignment, errors, "eds");
  EXPECT_THAT(errors.errors(),
              ElementsAre(FieldError{"eds.endpoints[0].lb_endpoints[0].endpoint.address."
                                     "socket_address.address",
                                     "is no IP address; names need a DNS cluster"}));
}

TEST(CheckResources, ABootstrapReadInPartIsCheckedWhereItWasRead) {
  const auto bootstrap = Parse<envoy::config::bootstrap::v3::Bootstrap>(
      "static_resources { clusters {} clusters { name: 'b' type: LOGICAL_DNS } }");
  ErrorList errors;
  errors.Add("static_resources.clusters[0].nmae", "unknown field");
  errors.Add("static_resources.clusters[1].type", "is no value");
  CheckBootstrap(bootstrap, errors);
  EXPECT_EQ(errors.size(), 2u);  // the name and the endpoints are missing because of these
}

TEST(CheckResources, AnEmptyBootstrapIsValid) {
  ErrorList errors;
  CheckBootstrap({}, errors);
  EXPECT_TRUE(errors.empty());
}

}  // namespace
}  // namespace sluice::api
