#include "controlplane/xds/ads_stream.h"

#include <gtest/gtest.h>

#include "test/controlplane/xds/ads_client.h"

namespace sluice::xds {
namespace {

using snapshot::Type;

template <typename Stream>
class AdsStreamTest : public testing::Test {
 protected:
  AdsServer server_;
};
using Streams = testing::Types<DeltaStream, SotwStream>;
TYPED_TEST_SUITE(AdsStreamTest, Streams);

TYPED_TEST(AdsStreamTest, AFirstRequestWithoutANodeEndsTheStream) {
  TypeParam stream(this->server_);
  stream.Write(TypeParam::First(Url(Type::kCluster), ""));
  EXPECT_EQ(Text(stream.End()), "3 node.id: must be set in the first request of a stream");
}

TYPED_TEST(AdsStreamTest, ARequestWithoutATypeEndsTheStream) {
  TypeParam stream(this->server_);
  stream.Write(TypeParam::First(""));
  EXPECT_EQ(Text(stream.End()), "3 type_url: must be set on an aggregated stream");
}

TYPED_TEST(AdsStreamTest, ATypeThatIsNotServedIsPassedOver) {
  TypeParam stream(this->server_);
  stream.Write(TypeParam::First("type.googleapis.com/envoy.service.runtime.v3.Runtime"));
  stream.Write(TypeParam::First(Url(Type::kCluster)));
  this->server_.UntilEvent("ready");
  this->server_.OnStrand([&] {
    ASSERT_NE(this->server_.driver.link, nullptr);
    EXPECT_EQ(this->server_.driver.link->node().id, "n1");
  });
}

TYPED_TEST(AdsStreamTest, WhatTheDriverServesReachesTheClient) {
  TypeParam stream(this->server_);
  stream.Write(TypeParam::First(Url(Type::kCluster)));
  this->server_.UntilEvent("ready");
  this->server_.OnStrand([&] {
    this->server_.driver.link->Serve(std::make_shared<snapshot::GroupSnapshot>(
        7, "g", Clusters({{"a", "1"}, {"b", "1"}}), snapshot::WireMap{}, snapshot::WireMap{}));
  });
  const auto response = stream.Read();
  ASSERT_TRUE(response.has_value());
  EXPECT_EQ(response->type_url(), Url(Type::kCluster));
  EXPECT_EQ(response->resources_size(), 2);
  EXPECT_EQ(response->control_plane().identifier(), "control");
}

TYPED_TEST(AdsStreamTest, AStreamThatIsCutIsTold) {
  TypeParam stream(this->server_);
  stream.Write(TypeParam::First(Url(Type::kCluster)));
  this->server_.UntilEvent("ready");
  stream.Cancel();
  this->server_.UntilEvent("gone");
}

TYPED_TEST(AdsStreamTest, AClientThatHasSaidAllIsLetGo) {
  TypeParam stream(this->server_);
  stream.Write(TypeParam::First(Url(Type::kCluster)));
  this->server_.UntilEvent("ready");
  stream.SayNoMore();
  EXPECT_TRUE(stream.End().ok());
  this->server_.UntilEvent("gone");
}

TEST(AdsStreamBytesTest, WhatIsNoRequestEndsTheStream) {
  AdsServer server;
  grpc::GenericStub stub(server.channel);
  for (const char* method : {"DeltaAggregatedResources", "StreamAggregatedResources"}) {
    grpc::CompletionQueue queue;
    grpc::ClientContext context;
    auto stream = stub.PrepareCall(
        &context, std::string("/envoy.service.discovery.v3.AggregatedDiscoveryService/") + method, &queue);
    void* tag = nullptr;
    bool ok = false;
    stream->StartCall(nullptr);
    queue.Next(&tag, &ok);
    const grpc::Slice garbage("\xff\xff\xff garbage");
    stream->Write(grpc::ByteBuffer(&garbage, 1), nullptr);
    queue.Next(&tag, &ok);
    grpc::Status status;
    stream->Finish(&status, nullptr);
    queue.Next(&tag, &ok);
    EXPECT_EQ(Text(status), "3 not a discovery request");
  }
}

TEST(AdsStreamBytesTest, OnlyADeltaStreamCommits) {
  AdsServer server;
  DeltaStream delta(server);
  DeltaDiscoveryRequest request = DeltaStream::First(Url(Type::kCluster));
  request.mutable_node()->add_client_features("sluice.commit.v1");
  delta.Write(request);
  const auto greeting = delta.Read();
  ASSERT_TRUE(greeting.has_value());
  EXPECT_EQ(greeting->control_plane().identifier(), "control;commit=1");
  SotwStream sotw(server);
  DiscoveryRequest other = SotwStream::First(Url(Type::kCluster));
  other.mutable_node()->add_client_features("sluice.commit.v1");
  sotw.Write(other);
  server.UntilEvent("ready");
  server.OnStrand([&] { EXPECT_EQ(server.driver.link->node().client, fleet::Client::kStandardSotw); });
}

}  // namespace
}  // namespace sluice::xds
