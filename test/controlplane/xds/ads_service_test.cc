#include "controlplane/xds/ads_service.h"

#include <gtest/gtest.h>

#include "test/controlplane/xds/ads_client.h"

namespace sluice::xds {
namespace {

using snapshot::Type;

TEST(AdsServiceTest, StreamsOfBothProtocolsLiveSideBySide) {
  AdsServer server;
  DeltaStream delta(server);
  delta.Write(DeltaStream::First(Url(Type::kCluster), "delta"));
  server.UntilEvent("ready");
  fleet::Link* first = nullptr;
  server.OnStrand([&] {
    first = server.driver.link;
    server.driver.Take();
  });
  SotwStream sotw(server);
  sotw.Write(SotwStream::First(Url(Type::kCluster), "sotw"));
  server.UntilEvent("ready");
  server.OnStrand([&] {
    EXPECT_EQ(first->node().id, "delta");
    EXPECT_EQ(server.driver.link->node().id, "sotw");
    const auto snapshot = std::make_shared<snapshot::GroupSnapshot>(1, "g", Clusters({{"a", "1"}}),
                                                                    snapshot::WireMap{}, snapshot::WireMap{});
    first->Serve(snapshot);
    server.driver.link->Serve(snapshot);
  });
  EXPECT_EQ(delta.Read()->resources(0).name(), "a");
  EXPECT_EQ(sotw.Read()->resources_size(), 1);
}

TEST(AdsServiceTest, ChangesOfEndpointsGoToEveryStreamThatWantsThem) {
  AdsServer server;
  std::vector<std::unique_ptr<DeltaStream>> streams;
  for (const char* node : {"n1", "n2"}) {
    streams.push_back(std::make_unique<DeltaStream>(server));
    DeltaDiscoveryRequest request = DeltaStream::First(Url(Type::kEndpoint), node);
    request.mutable_node()->add_client_features("sluice.commit.v1");
    request.add_resource_names_subscribe("shop/cart");
    streams.back()->Write(request);
    EXPECT_TRUE(streams.back()->Read().has_value());  // that we commit
    const auto none = streams.back()->Read();
    ASSERT_TRUE(none.has_value());
    EXPECT_EQ(none->removed_resources(0), "shop/cart");
    DeltaDiscoveryRequest ack;
    ack.set_type_url(Url(Type::kEndpoint));
    ack.set_response_nonce(none->nonce());
    streams.back()->Write(ack);
  }
  server.OnStrand([&] {
    server.assignments.Set("shop/cart", {}, 1);
    server.service.OnAssignments();
  });
  for (const auto& stream : streams) {
    const auto changed = stream->Read();
    ASSERT_TRUE(changed.has_value());
    EXPECT_EQ(changed->resources(0).name(), "shop/cart");
    EXPECT_EQ(changed->system_version_info(), "endpoints/1:1");
  }
}

TEST(AdsServiceTest, CloseAllEndsStreamsAndThoseStillToCome) {
  AdsServer server;
  DeltaStream before(server);
  before.Write(DeltaStream::First(Url(Type::kCluster)));
  SotwStream without_a_request(server);
  server.UntilEvent("ready");
  server.OnStrand([&] { server.service.CloseAll(); });
  EXPECT_EQ(Text(before.End()), "14 shutting down");
  EXPECT_EQ(Text(without_a_request.End()), "14 shutting down");
  DeltaStream after(server);
  EXPECT_EQ(Text(after.End()), "14 shutting down");
  server.UntilEvent("gone");
}

}  // namespace
}  // namespace sluice::xds
