#include "controlplane/compile/cluster.h"

#include <gtest/gtest.h>

#include "envoy/config/cluster/v3/cluster.pb.h"
#include "test/controlplane/model/fixtures.h"

namespace sluice::compile {
namespace {

using envoy::config::cluster::v3::Cluster;

Cluster Compile(const std::string& spec) {
  const auto resource = CompileCluster(*model::Obj("Service", "shop/s", "service { " + spec + " }"));
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

}  // namespace
}  // namespace sluice::compile
