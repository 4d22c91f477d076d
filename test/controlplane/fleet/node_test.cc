#include "controlplane/fleet/node.h"

#include <google/protobuf/text_format.h>
#include <gtest/gtest.h>

namespace sluice::fleet {
namespace {

Node Read(const std::string& text, Protocol protocol = Protocol::kDelta) {
  envoy::config::core::v3::Node node;
  EXPECT_TRUE(google::protobuf::TextFormat::ParseFromString(text, &node));
  return ReadNode(node, protocol);
}

TEST(NodeTest, TakesWhoItIsAndItsLabels) {
  const Node node = Read(R"(
      id: "p1" cluster: "edge" locality { zone: "z1" } user_agent_name: "sluice" user_agent_version: "0.1"
      metadata { fields { key: "labels" value { struct_value {
        fields { key: "tier" value { string_value: "edge" } }
        fields { key: "count" value { number_value: 3 } } } } } })");
  EXPECT_EQ(node.id, "p1");
  EXPECT_EQ(node.cluster, "edge");
  EXPECT_EQ(node.zone, "z1");
  EXPECT_EQ(node.user_agent, "sluice/0.1");
  EXPECT_EQ(node.labels, (std::map<std::string, std::string>{{"tier", "edge"}}));  // strings only
  EXPECT_EQ(node.judge_group, "");
}

TEST(NodeTest, CommitsOnlyWithTheFeatureAndOnADeltaStream) {
  EXPECT_EQ(Read("client_features: 'sluice.commit.v1'").client, Client::kCommitting);
  EXPECT_EQ(Read("client_features: 'other'").client, Client::kStandardDelta);
  EXPECT_EQ(Read("client_features: 'sluice.commit.v1'", Protocol::kSotw).client, Client::kStandardSotw);
}

TEST(NodeTest, AJudgeSaysItsGroup) {
  EXPECT_EQ(Read("metadata { fields { key: 'judge_group' value { string_value: 'web@' } } }").judge_group,
            "web@");
}

TEST(NodeTest, LabelsThatAreNoObjectAreNoLabels) {
  EXPECT_TRUE(Read("metadata { fields { key: 'labels' value { string_value: 'x' } } }").labels.empty());
}

TEST(NodeTest, ABuildVersionIsAVersionToo) {
  EXPECT_EQ(
      Read("user_agent_name: 'envoy' user_agent_build_version { version { major_number: 1 minor_number: 30 } }")
          .user_agent,
      "envoy/1.30.0");
}

}  // namespace
}  // namespace sluice::fleet
