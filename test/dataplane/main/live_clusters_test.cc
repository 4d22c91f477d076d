// Warming and waiting: what is served while something new has no endpoints yet.
#include "dataplane/main/live_clusters.h"

#include "test/dataplane/main/live_world.h"

namespace sluice::main {
namespace {

using config::AssignmentOf;
using config::AssignmentText;
using config::ClusterOf;
using config::EdsClusterText;
using config::ResourceType;
using config::StaticClusterText;

class LiveClustersTest : public testing::Test {
 protected:
  LiveClustersTest() { world.Start(); }
  void Change(const std::string& text) {
    EXPECT_TRUE(world.Apply(ResourceType::kCluster, {ClusterOf(text)}).empty());
  }
  const upstream::ClusterSpec& Spec(const std::string& name) {
    return world.registry.FindByName(name)->spec();
  }
  LiveWorld world;
};

// xds.md R57.
TEST_F(LiveClustersTest, TheOldClusterServesUntilTheAssignmentOfTheNewOneCame) {
  Change(StaticClusterText("c", 7000));
  Change(EdsClusterText("c", "service"));
  EXPECT_EQ(Spec("c").discovery, upstream::Discovery::kStatic);
  EXPECT_EQ(world.PortOf("c"), 7000);
  world.Endpoints({AssignmentOf(AssignmentText("service", 7001))});
  EXPECT_EQ(Spec("c").discovery, upstream::Discovery::kEds);
  EXPECT_EQ(world.PortOf("c"), 7001);
}

TEST_F(LiveClustersTest, TheWaitIsBounded) {
  Change(StaticClusterText("c", 7000));
  Change(EdsClusterText("c", "service"));
  world.Pass(std::chrono::seconds(10));
  // Another change does not begin the wait anew.
  Change(StaticClusterText("d", 7000));
  EXPECT_EQ(Spec("c").discovery, upstream::Discovery::kStatic);
  world.Pass(std::chrono::seconds(6));
  EXPECT_EQ(Spec("c").discovery, upstream::Discovery::kEds);
}

TEST_F(LiveClustersTest, AClusterWhoseAssignmentIsHeldChangesAtOnce) {
  Change(EdsClusterText("c", "one"));
  world.Endpoints({AssignmentOf(AssignmentText("one", 7001))});
  Change(EdsClusterText("c", "one") + "max_requests_per_connection { value: 7 }");
  EXPECT_EQ(Spec("c").max_requests_per_connection, 7u);
  EXPECT_EQ(world.PortOf("c"), 7001);
}

TEST_F(LiveClustersTest, AnotherServiceNameMeansOtherEndpoints) {
  Change(EdsClusterText("c", "one"));
  world.Endpoints(
      {AssignmentOf(AssignmentText("one", 7001)), AssignmentOf(AssignmentText("two", 7002))});
  Change(EdsClusterText("c", "two"));
  EXPECT_EQ(world.PortOf("c"), 7002);
  Change(EdsClusterText("c", "one"));
  EXPECT_EQ(world.PortOf("c"), 7001);
}

TEST_F(LiveClustersTest, ClustersWithoutASnapshotAreFreed) {
  Change(StaticClusterText("c"));
  EXPECT_EQ(world.PortOf("c"), 9000);
  EXPECT_TRUE(world.Apply(ResourceType::kCluster, {}, {"c"}).empty());
  world.Pass(std::chrono::seconds(3));  // the snapshot goes, the workers hear of it
  world.Pass(std::chrono::seconds(3));
  EXPECT_EQ(world.PortOf("c"), -1);
}

TEST_F(LiveClustersTest, PreparingWaitsForNewAssignmentsAndNamesWhatStaysCold) {
  config::ResourceSet set = LiveWorld::Answering("x");
  Put(set, ResourceType::kCluster, ClusterOf(EdsClusterText("c")));
  Put(set, ResourceType::kCluster, ClusterOf(EdsClusterText("d")));
  std::optional<LiveConfig::Report> answer;
  world.live.Prepare(LiveWorld::RevisionOf(5, set),
                     [&](LiveConfig::Report report) { answer = report; });
  world.Settle();
  EXPECT_FALSE(answer.has_value());
  world.Endpoints({AssignmentOf(AssignmentText("c", 7001))});
  EXPECT_EQ(world.PortOf("c"), 7001) << "staged clusters are warmed";
  EXPECT_FALSE(answer.has_value());
  world.Pass(std::chrono::milliseconds(2100));
  ASSERT_TRUE(answer.has_value());
  EXPECT_EQ(answer->refused_size(), 0);
  ASSERT_EQ(answer->warnings_size(), 1);
  EXPECT_EQ(answer->warnings(0).resource(), "d");
  EXPECT_GE(answer->took().seconds(), 2);
  // It was cold before: the next revision does not wait for it again.
  EXPECT_EQ(world.Serve(5).refused_size(), 0);
  set.routes["r"] = config::RoutesOf(config::AnsweringRoutes("r", "y"));
  EXPECT_EQ(world.Prepare(6, set).warnings_size(), 0);
}

TEST_F(LiveClustersTest, PreparingIsDoneWhenTheLastAssignmentCame) {
  config::ResourceSet set = LiveWorld::Answering("x");
  Put(set, ResourceType::kCluster, ClusterOf(EdsClusterText("c")));
  std::optional<LiveConfig::Report> answer;
  world.live.Prepare(LiveWorld::RevisionOf(5, set),
                     [&](LiveConfig::Report report) { answer = report; });
  world.Settle();
  EXPECT_FALSE(answer.has_value());
  world.Endpoints({AssignmentOf("cluster_name: 'c'")});
  world.Until([&] { return answer.has_value(); });
  EXPECT_EQ(answer->warnings_size(), 0) << "nobody is an answer too";
}

}  // namespace
}  // namespace sluice::main
