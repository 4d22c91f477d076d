#include "controlplane/xds/encode.h"

#include <gtest/gtest.h>

#include "envoy/service/discovery/v3/discovery.pb.h"
#include "test/controlplane/xds/xds_fixture.h"

namespace sluice::xds {
namespace {

using envoy::service::discovery::v3::DeltaDiscoveryResponse;
using envoy::service::discovery::v3::DiscoveryResponse;

const Envelope kEnvelope{.type_url = "type.googleapis.com/envoy.config.cluster.v3.Cluster",
                         .version = "42", .nonce = "7", .identifier = "control-1"};

Update TwoResources() {
  Update update;
  for (const auto& [name, resource] : Clusters({{"a", "1"}, {"b", "2"}})) update.resources.push_back(resource);
  return update;
}

TEST(EncodeTest, ADeltaResponseIsWhatProtobufReads) {
  Update update = TwoResources();
  update.removed = {"c"};
  const auto response = Decode<DeltaDiscoveryResponse>(EncodeDelta(kEnvelope, update));
  EXPECT_EQ(response.type_url(), kEnvelope.type_url);
  EXPECT_EQ(response.system_version_info(), "42");
  EXPECT_EQ(response.nonce(), "7");
  EXPECT_EQ(response.control_plane().identifier(), "control-1");
  ASSERT_EQ(response.removed_resources_size(), 1);
  EXPECT_EQ(response.removed_resources(0), "c");
  ASSERT_EQ(response.resources_size(), 2);
  EXPECT_EQ(response.resources(1).name(), "b");
  EXPECT_EQ(response.resources(1).version(), "2");
  EXPECT_EQ(response.resources(1).resource().type_url(), kEnvelope.type_url);
  EXPECT_EQ(response.resources(1).resource().value(), "bytes of 2");
}

TEST(EncodeTest, ASotwResponseIsWhatProtobufReads) {
  const auto response = Decode<DiscoveryResponse>(EncodeSotw(kEnvelope, TwoResources()));
  EXPECT_EQ(response.version_info(), "42");
  EXPECT_EQ(response.nonce(), "7");
  ASSERT_EQ(response.resources_size(), 2);
  EXPECT_EQ(response.resources(0).value(), "bytes of 1");
}

TEST(EncodeTest, SharedBytesLiveAsLongAsTheResponse) {
  grpc::ByteBuffer bytes = EncodeSotw(kEnvelope, TwoResources());  // the resources are gone now
  EXPECT_EQ(Decode<DiscoveryResponse>(bytes).resources(1).value(), "bytes of 2");
}

TEST(EncodeTest, ACommitIsOneResourceOfThatName) {
  ::sluice::xds::v1::Commit commit;
  commit.set_revision(42);
  Envelope envelope = kEnvelope;
  envelope.type_url = kCommitTypeUrl;
  envelope.version = "42/PREPARE";
  const auto response = Decode<DeltaDiscoveryResponse>(EncodeCommit(envelope, commit));
  ASSERT_EQ(response.resources_size(), 1);
  EXPECT_EQ(response.resources(0).name(), "commit");
  EXPECT_EQ(response.resources(0).version(), "42/PREPARE");
  ::sluice::xds::v1::Commit read;
  ASSERT_TRUE(response.resources(0).resource().UnpackTo(&read));
  EXPECT_EQ(read.revision(), 42u);
}

}  // namespace
}  // namespace sluice::xds
