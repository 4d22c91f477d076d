#include "dataplane/config/snapshot_assembly.h"

#include <gtest/gtest.h>

#include "test/dataplane/config/resource_text.h"

namespace sluice::config {
namespace {

class SnapshotAssemblyTest : public testing::Test {
 protected:
  std::shared_ptr<const Draft> DraftOf(const std::vector<std::string>& clusters) {
    ResourceSet set;
    for (const std::string& text : clusters) Put(set, ResourceType::kCluster, ClusterOf(text));
    return compiler
        .Compile({.wanted = set, .mode = Compiler::Mode::kWhole, .revision = 7, .held = nullptr})
        .draft;
  }
  void Publish(const Draft& draft, const Snapshot& snapshot) {
    PublishClusters(draft, *snapshot.clusters, registry,
                    [this](const upstream::ClusterSpec& spec) { return waiting == spec.name; });
  }
  static int PortOf(const Snapshot& snapshot, size_t i) {
    return snapshot.clusters->entries[i].cluster->endpoints()->endpoints()[0]->address().port();
  }

  envoy::config::bootstrap::v3::Bootstrap bootstrap;
  stats::HttpStatsRegistry stats{1};
  Compiler compiler{bootstrap, stats};
  upstream::Registry registry{{.workers = 1, .share_idle = true}};
  std::string waiting;
};

TEST_F(SnapshotAssemblyTest, FindsClustersByName) {
  const auto draft = DraftOf({StaticClusterText("b")});
  const auto snapshot = AssembleSnapshot(*draft, nullptr, registry);
  EXPECT_EQ(snapshot->revision, 7u);
  ASSERT_EQ(snapshot->clusters->entries.size(), 1u);
  EXPECT_EQ(snapshot->FindCluster("b"), snapshot->clusters->entries[0].cluster->id());
  EXPECT_FALSE(snapshot->FindCluster("other").valid());
  EXPECT_EQ(PortOf(*snapshot, 0), 9000);
}

TEST_F(SnapshotAssemblyTest, AssemblingChangesNothingThatIsServed) {
  const auto one = DraftOf({StaticClusterText("b", 9000)});
  const auto served = AssembleSnapshot(*one, nullptr, registry);
  const auto two = DraftOf({StaticClusterText("b", 9001), StaticClusterText("c", 9002)});
  const auto next = AssembleSnapshot(*two, served.get(), registry);
  EXPECT_EQ(next->FindCluster("b"), served->FindCluster("b"));
  EXPECT_EQ(PortOf(*next, 0), 9000);
  EXPECT_EQ(PortOf(*next, 1), 9002) << "nobody serves it: warm at once";
  Publish(*two, *next);
  EXPECT_EQ(PortOf(*next, 0), 9001);
  EXPECT_EQ(&next->clusters->entries[0].cluster->spec(), two->clusters->at(0)->spec.get());
}

TEST_F(SnapshotAssemblyTest, WhatWaitsKeepsItsOldSpec) {
  const auto one = DraftOf({StaticClusterText("b")});
  const auto served = AssembleSnapshot(*one, nullptr, registry);
  const auto two = DraftOf({EdsClusterText("b")});
  const auto next = AssembleSnapshot(*two, served.get(), registry);
  waiting = "b";
  Publish(*two, *next);
  EXPECT_EQ(next->clusters->entries[0].cluster->spec().discovery, upstream::Discovery::kStatic);
  waiting = "";
  Publish(*two, *next);
  EXPECT_EQ(next->clusters->entries[0].cluster->spec().discovery, upstream::Discovery::kEds);
  EXPECT_EQ(PortOf(*next, 0), 9000) << "until its assignment replaces them";
}

TEST_F(SnapshotAssemblyTest, ClustersThatDidNotChangeAreSharedWhole) {
  const auto one = DraftOf({StaticClusterText("b")});
  const auto served = AssembleSnapshot(*one, nullptr, registry);
  const auto next = AssembleSnapshot(*DraftOf({StaticClusterText("b")}), served.get(), registry);
  EXPECT_EQ(next->clusters, served->clusters);
  const uint64_t epoch = registry.epoch();
  Publish(*one, *next);
  EXPECT_EQ(registry.epoch(), epoch);
}

}  // namespace
}  // namespace sluice::config
