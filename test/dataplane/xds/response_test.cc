#include "dataplane/xds/response.h"

#include <gtest/gtest.h>

#include "test/dataplane/xds/messages.h"

namespace sluice::xds {
namespace {

using Wrapper = envoy::service::discovery::v3::Resource;

NameList NamesOf(const Response& response) {
  NameList names;
  for (const ReceivedResource& resource : response.resources) names.push_back(resource.name);
  return names;
}

std::string TextOf(const Response& response) { return RefusalText(response.problems); }

TEST(ResponseTest, ReadsBothVariants) {
  SotwMessage sotw = Sotw(kCds, "v1", "n1", {"a", "b"});
  sotw.mutable_control_plane()->set_identifier("cp");
  Response response = Decode(sotw);
  EXPECT_EQ(response.type, kCds);
  EXPECT_EQ(response.nonce, "n1");
  EXPECT_EQ(response.identifier, "cp");
  EXPECT_EQ(NamesOf(response), (NameList{"a", "b"}));
  EXPECT_EQ(response.resources[0].version, "v1");
  EXPECT_EQ(response.resources[0].resource->version, "v1");

  DeltaMessage delta = Delta(kEds, "n2", "7", {"x"});
  delta.add_removed_resources("y");
  response = Decode(delta);
  EXPECT_EQ(NamesOf(response), NameList{"x"});
  EXPECT_EQ(response.resources[0].version, "7");
  EXPECT_EQ(response.removed, NameList{"y"});
}

TEST(ResponseTest, UnparsableBytesAreNoResponse) {
  EXPECT_FALSE(DecodeResponse(Variant::kSotw, "\xff\xff\xff").ok());
  EXPECT_FALSE(DecodeResponse(Variant::kDelta, "\x0a\x7f").ok());
}

TEST(ResponseTest, ATypeThatNobodyKnowsIsLeftUnread) {
  DeltaMessage delta = Delta(kCds, "n", "1", {"a"});
  delta.set_type_url("type.googleapis.com/envoy.service.runtime.v3.Runtime");
  const Response response = Decode(delta);
  EXPECT_FALSE(response.type.has_value());
  EXPECT_TRUE(response.resources.empty());
}

TEST(ResponseTest, R24ADuplicateNameSpoilsTheResponse) {
  const Response response = Decode(Sotw(kCds, "v", "n", {"a", "b", "a"}));
  EXPECT_TRUE(response.refused);
  EXPECT_EQ(TextOf(response), "'a': is more than once in the response");
}

TEST(ResponseTest, R50ADeltaMustNotNameAResourceTwice) {
  DeltaMessage both = Delta(kCds, "n", "1", {"a"});
  both.add_removed_resources("a");
  EXPECT_TRUE(Decode(both).refused);
  DeltaMessage twice = Delta(kCds, "n");
  twice.add_removed_resources("a");
  twice.add_removed_resources("a");
  EXPECT_TRUE(Decode(twice).refused);
  EXPECT_TRUE(Decode(Delta(kCds, "n", "1", {"a", "a"})).refused);
}

TEST(ResponseTest, R25AResourceOfAnotherTypeIsRefusedAndTheGoodOnesAreKept) {
  SotwMessage message = Sotw(kCds, "v", "n", {"a"});
  *message.add_resources() = ResourceAny(kLds, "web");
  const Response response = Decode(message);
  EXPECT_EQ(NamesOf(response), NameList{"a"});
  EXPECT_EQ(TextOf(response),
            "'resources[1]': is of type 'type.googleapis.com/envoy.config.listener.v3.Listener'");
  EXPECT_TRUE(response.has_nameless);
}

TEST(ResponseTest, R12AnUnparsableResourceIsNamed) {
  DeltaMessage message = Delta(kCds, "n", "1", {"a", "b"});
  message.mutable_resources(1)->mutable_resource()->set_value("\xff");
  const Response response = Decode(message);
  EXPECT_EQ(NamesOf(response), NameList{"a"});
  EXPECT_EQ(TextOf(response), "'b': cannot be parsed as envoy.config.cluster.v3.Cluster");
  EXPECT_FALSE(response.refused || response.has_nameless);
}

TEST(ResponseTest, R54AResourceMustBearTheNameItIsSentUnder) {
  DeltaMessage message = Delta(kCds, "n", "1", {"a"});
  message.mutable_resources(0)->set_name("b");
  EXPECT_EQ(TextOf(Decode(message)), "'b': name: is 'a', but it was sent as 'b'");
}

TEST(ResponseTest, R66SotwResourcesMayComeWrapped) {
  Wrapper wrapper;
  wrapper.set_name("a");
  wrapper.mutable_ttl()->set_seconds(9);
  *wrapper.mutable_resource() = ResourceAny(kEds, "a");
  SotwMessage message = Sotw(kEds, "v", "n", {"b"});
  message.add_resources()->PackFrom(wrapper);
  wrapper.set_name("c");
  wrapper.clear_resource();
  message.add_resources()->PackFrom(wrapper);
  const Response response = Decode(message);
  ASSERT_EQ(NamesOf(response), (NameList{"b", "a", "c"}));
  EXPECT_EQ(response.resources[0].ttl, std::nullopt);
  EXPECT_EQ(response.resources[1].ttl, std::chrono::seconds(9));
  EXPECT_EQ(response.resources[2].resource, nullptr) << "only renews the ttl";
  EXPECT_TRUE(response.problems.empty());
}

TEST(ResponseTest, R20EqualContentHasTheSameFingerprintWhateverTheNonce) {
  const auto print = [](const SotwMessage& message) { return Decode(message).fingerprint; };
  EXPECT_EQ(print(Sotw(kCds, "v", "1", {"a"})), print(Sotw(kCds, "v", "2", {"a"})));
  EXPECT_NE(print(Sotw(kCds, "v", "1", {"a"})), print(Sotw(kCds, "w", "1", {"a"})));
  EXPECT_NE(print(Sotw(kCds, "v", "1", {"a"})), print(Sotw(kCds, "v", "1", {"b"})));
  EXPECT_NE(print(Sotw(kCds, "v", "1", {"a"})), print(Sotw(kCds, "v", "1", {"a@e"})));
}

// go-control-plane keeps resources in a hash map, so each time it sends them in another order.
TEST(ResponseTest, R20TheOrderOfResourcesIsNoContent) {
  const auto print = [](const auto& message) { return Decode(message).fingerprint; };
  EXPECT_EQ(print(Sotw(kCds, "v", "1", {"a", "b"})), print(Sotw(kCds, "v", "2", {"b", "a"})));
  EXPECT_EQ(print(Delta(kCds, "1", "v", {"a", "b"})), print(Delta(kCds, "2", "v", {"b", "a"})));
  EXPECT_NE(print(Delta(kCds, "1", "v", {"a", "b"})), print(Delta(kCds, "2", "v", {"a"})));
  auto bad = Sotw(kCds, "v", "1", {"a", "b"});
  bad.mutable_resources(0)->set_value("\xff");
  auto same = bad;
  same.mutable_resources()->SwapElements(0, 1);
  EXPECT_EQ(print(bad), print(same)) << "the one without a name is known by its place";
  auto twice = Sotw(kCds, "v", "1", {"a", "a@e"});
  auto also = Sotw(kCds, "v", "1", {"a@e", "a"});
  EXPECT_EQ(print(twice), print(also)) << "only the first one of a name is kept";
}

TEST(ResponseTest, ACommitIsOneResourceOfThatName) {
  ::sluice::xds::v1::Commit commit;
  commit.set_revision(41);
  DeltaMessage message = Delta(DiscoveryType::kCommit, "n");
  auto* resource = message.add_resources();
  resource->set_name("commit");
  resource->mutable_resource()->PackFrom(commit);
  EXPECT_EQ(Decode(message).commit->revision(), 41u);
  resource->set_name("other");
  EXPECT_EQ(TextOf(Decode(message)), "'other': name: must be 'commit'");
  resource->set_name("commit");
  resource->mutable_resource()->set_value("\xff");
  EXPECT_EQ(TextOf(Decode(message)), "'commit': cannot be parsed");
}

TEST(ResponseTest, TheTypeIsFoundWithoutParsing) {
  const std::string bytes = Delta(kEds, "n", "1", {"a", "b"}).SerializeAsString();
  EXPECT_EQ(PeekTypeUrl(bytes), TypeUrl(kEds));
  for (size_t cut = 0; cut < bytes.size(); ++cut) {
    const std::string_view found = PeekTypeUrl(std::string_view(bytes).substr(0, cut));
    EXPECT_TRUE(found.empty() || found == TypeUrl(kEds)) << cut;
  }
}

}  // namespace
}  // namespace sluice::xds
