#include "controlplane/compile/cluster.h"

#include <gtest/gtest.h>

#include "envoy/config/cluster/v3/cluster.pb.h"
#include "test/controlplane/model/fixtures.h"

namespace sluice::compile {
namespace {

using envoy::config::cluster::v3::Cluster;

Cluster Compile(const std::string& spec) {
  const auto resource = CompileCluster(
      *model::Obj("Service", "shop/s", "service { " + spec + " }"), ClientClass::kCommitting);
  Cluster cluster;
  EXPECT_TRUE(cluster.ParseFromString(resource->bytes));
  EXPECT_EQ(cluster.name(), "shop/s");
  return cluster;
}

TEST(ClusterTest, EndpointsTravelByEdsWhereTheyChangeOrZonesMatter) {
  EXPECT_EQ(Compile("registered {}").type(), Cluster::EDS);
  EXPECT_EQ(Compile("file { path: 'x' }").type(), Cluster::EDS);
  EXPECT_EQ(Compile("static { endpoints { address: '10.0.0.1' port: 1 zone: 'a' } }").type(), Cluster::EDS);
  const Cluster fixed = Compile("static { endpoints { address: '10.0.0.1' port: 1 } }");
  EXPECT_EQ(fixed.type(), Cluster::STATIC);
  EXPECT_EQ(fixed.load_assignment().endpoints(0).lb_endpoints_size(), 1);
  EXPECT_EQ(Compile("dns { name: 'a.test' port: 1 }").type(), Cluster::STRICT_DNS);
}

TEST(ClusterTest, ConnectTimeoutIsASecondUnlessSaid) {
  EXPECT_EQ(Compile("registered {}").connect_timeout().seconds(), 1);
  EXPECT_EQ(Compile("registered {} connect_timeout { seconds: 7 }").connect_timeout().seconds(), 7);
}

TEST(ClusterTest, ChecksNameAHostThatTheBackendMayHave) {
  const auto host = [](const std::string& spec) {
    return Compile(spec).health_checks(0).http_health_check().host();
  };
  EXPECT_EQ(host("registered {} health_check { http {} }"), "s.shop");
  EXPECT_EQ(host("dns { name: 'a.test' port: 1 } health_check { http {} }"), "a.test");
  EXPECT_EQ(host("registered {} health_check { http { host: 'b.test:81' } }"), "b.test:81");
}

TEST(ClusterTest, NeitherChecksNorEjectsUnlessAsked) {
  const Cluster cluster = Compile("registered {}");
  EXPECT_EQ(cluster.health_checks_size(), 0);
  EXPECT_FALSE(cluster.has_outlier_detection());
  EXPECT_EQ(cluster.lb_policy(), Cluster::ROUND_ROBIN);
}

}  // namespace
}  // namespace sluice::compile
