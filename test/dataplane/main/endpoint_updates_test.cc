#include "dataplane/main/endpoint_updates.h"

#include "test/dataplane/main/live_world.h"

namespace sluice::main {
namespace {

using config::AssignmentOf;
using config::AssignmentText;
using config::ClusterOf;
using config::EdsClusterText;
using config::ResourceType;

class EndpointUpdatesTest : public testing::Test {
 protected:
  EndpointUpdatesTest() { world.Start(); }
  LiveWorld world;
};

TEST_F(EndpointUpdatesTest, EveryWorkerUsesThemWhenItIsDone) {
  EXPECT_TRUE(world.Apply(ResourceType::kCluster, {ClusterOf(EdsClusterText("c"))}).empty());
  EXPECT_EQ(world.PortOf("c"), 0);
  EXPECT_TRUE(world.Endpoints({AssignmentOf(AssignmentText("c", 7001))}).empty());
  EXPECT_EQ(world.PortOf("c"), 7001);
}

TEST_F(EndpointUpdatesTest, AreKeptForAClusterThatIsToCome) {
  EXPECT_TRUE(world.Endpoints({AssignmentOf(AssignmentText("service", 7001))}).empty());
  EXPECT_TRUE(world
                  .Apply(ResourceType::kCluster, {ClusterOf(EdsClusterText("c", "service")),
                                                  ClusterOf(EdsClusterText("d", "service"))})
                  .empty());
  EXPECT_EQ(world.PortOf("c"), 7001);
  EXPECT_EQ(world.PortOf("d"), 7001);
}

TEST_F(EndpointUpdatesTest, ABadAssignmentChangesNothingAndIsNamed) {
  EXPECT_TRUE(world
                  .Apply(ResourceType::kCluster,
                         {ClusterOf(EdsClusterText("c")), ClusterOf(EdsClusterText("d"))})
                  .empty());
  EXPECT_TRUE(world.Endpoints({AssignmentOf(AssignmentText("c", 7001))}).empty());
  const auto problems = world.Endpoints(
      {AssignmentOf(AssignmentText("c", 0)), AssignmentOf(AssignmentText("d", 7002))});
  ASSERT_EQ(problems.size(), 1u);
  EXPECT_EQ(problems[0].rfind("ClusterLoadAssignment 'c': endpoints[0].lb_endpoints[0]", 0), 0u)
      << problems[0];
  EXPECT_EQ(world.PortOf("c"), 7001);
  EXPECT_EQ(world.PortOf("d"), 7002);
}

TEST_F(EndpointUpdatesTest, TheSameContentIsNotSetAgain) {
  EXPECT_TRUE(world.Apply(ResourceType::kCluster, {ClusterOf(EdsClusterText("c"))}).empty());
  EXPECT_TRUE(world.Endpoints({AssignmentOf(AssignmentText("c", 7001))}).empty());
  const auto* table = world.registry.FindByName("c")->endpoints();
  EXPECT_TRUE(world.Endpoints({AssignmentOf(AssignmentText("c", 7001))}).empty());
  EXPECT_EQ(world.registry.FindByName("c")->endpoints(), table);
}

TEST_F(EndpointUpdatesTest, ALargeOneIsCompiledElsewhereAndALaterSmallOneCounts) {
  EXPECT_TRUE(world.Apply(ResourceType::kCluster, {ClusterOf(EdsClusterText("c"))}).empty());
  std::string text = "cluster_name: 'c' ";
  for (int port = 10000; port < 20000; ++port) text += config::EndpointText(port);
  bool large = false, small = false;
  world.live.ApplyEndpoints(LiveWorld::Change(ResourceType::kEndpoint, {AssignmentOf(text)}),
                            [&](const config::Problems&) { large = true; });
  world.live.ApplyEndpoints(
      LiveWorld::Change(ResourceType::kEndpoint, {AssignmentOf(AssignmentText("c", 7001))}),
      [&](const config::Problems&) { small = true; });
  world.Until([&] { return large && small; });
  EXPECT_EQ(world.PortOf("c"), 7001);
}

TEST_F(EndpointUpdatesTest, TablesOfClustersThatBalanceByHashAreFilledElsewhere) {
  EXPECT_TRUE(
      world.Apply(ResourceType::kCluster, {ClusterOf(EdsClusterText("c") + " lb_policy: MAGLEV")})
          .empty());
  bool done = false;
  world.live.ApplyEndpoints(
      LiveWorld::Change(ResourceType::kEndpoint, {AssignmentOf(AssignmentText("c", 7001))}),
      [&](const config::Problems&) { done = true; });
  EXPECT_EQ(world.registry.FindByName("c")->endpoints(), nullptr) << "not compiled at once";
  world.Until([&] { return done; });
  EXPECT_EQ(world.PortOf("c"), 7001);
  const auto& source = world.registry.FindByName("c")->endpoints()->indexed_source();
  ASSERT_NE(source->picks(), nullptr);
  EXPECT_EQ(source->picks().use_count(), 2) << "the table uses what was made ahead";
}

TEST_F(EndpointUpdatesTest, WhatNoClusterAsksForIsForgotten) {
  EXPECT_TRUE(world.Endpoints({AssignmentOf(AssignmentText("gone", 7001))}).empty());
  for (const char* name : {"a", "b", "c"}) {
    EXPECT_TRUE(world.Apply(ResourceType::kCluster, {ClusterOf(EdsClusterText(name))}).empty());
  }
  EXPECT_FALSE(world.clusters.endpoints().Holds("gone"));
  EXPECT_TRUE(world.clusters.endpoints().Held().empty());
}

TEST_F(EndpointUpdatesTest, ARemovedAssignmentLeavesTheEndpointsInService) {
  EXPECT_TRUE(world.Apply(ResourceType::kCluster, {ClusterOf(EdsClusterText("c"))}).empty());
  EXPECT_TRUE(world.Endpoints({AssignmentOf(AssignmentText("c", 7001))}).empty());
  bool done = false;
  world.live.ApplyEndpoints(LiveWorld::Change(ResourceType::kEndpoint, {}, {"c"}),
                            [&](const config::Problems&) { done = true; });
  world.Until([&] { return done; });
  EXPECT_EQ(world.PortOf("c"), 7001);
  EXPECT_FALSE(world.clusters.endpoints().Holds("c"));
}

}  // namespace
}  // namespace sluice::main
