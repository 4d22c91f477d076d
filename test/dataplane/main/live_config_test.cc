// The start, and a standard server.
#include "dataplane/main/live_config.h"

#include "test/dataplane/main/live_world.h"

namespace sluice::main {
namespace {

using config::AnsweringRoutes;
using config::AssignmentOf;
using config::AssignmentText;
using config::ClusterOf;
using config::EdsClusterText;
using config::ListenerOf;
using config::RdsListenerText;
using config::ResourceType;
using config::RoutesOf;

constexpr LiveConfig::Options kDynamic{
    .workers = LiveWorld::kWorkers, .waits_for_clusters = true, .waits_for_listeners = true};

TEST(LiveConfigTest, TheBootstrapAloneServesAtOnce) {
  std::string listener = config::ListenerText("");
  listener.replace(listener.find("8080"), 4, "0");
  LiveWorld world({}, "static_resources { listeners { " + listener + " } }");
  world.Start();
  EXPECT_EQ(world.firsts, 1);
  EXPECT_EQ(world.announced, std::vector<std::string>{"web"});
  EXPECT_NE(world.Ask("web"), "refused");
}

// xds.md R64.
TEST(LiveConfigTest, PortsOpenOnlyAfterTheWholeFirstConfiguration) {
  LiveWorld world(kDynamic);
  world.Start();
  EXPECT_TRUE(world.Apply(ResourceType::kCluster, {ClusterOf(EdsClusterText("c"))}).empty());
  EXPECT_TRUE(
      world.Apply(ResourceType::kListener, {ListenerOf(RdsListenerText("l", "r"))}).empty());
  EXPECT_TRUE(world.Apply(ResourceType::kRoute, {RoutesOf(AnsweringRoutes("r", "hello"))}).empty());
  world.Settle();
  EXPECT_EQ(world.firsts, 0) << "the assignment of c is missing";
  EXPECT_EQ(world.Ask("l"), "refused");
  EXPECT_TRUE(world.Endpoints({AssignmentOf(AssignmentText("c", 7001))}).empty());
  world.Settle();
  EXPECT_EQ(world.firsts, 1);
  EXPECT_EQ(world.Ask("l"), "hello");
}

// xds.md R55.
TEST(LiveConfigTest, TheFirstConfigurationIsWaitedForNoLongerThanItsLimit) {
  LiveWorld world(kDynamic);
  world.Start();
  EXPECT_TRUE(
      world.Apply(ResourceType::kListener, {ListenerOf(RdsListenerText("l", "r"))}).empty());
  world.Pass(std::chrono::seconds(14));
  EXPECT_EQ(world.firsts, 0);
  world.Pass(std::chrono::seconds(2));
  EXPECT_EQ(world.firsts, 1);
  EXPECT_EQ(world.Ask("l"), "no route matches this request\n");
  EXPECT_TRUE(world.Apply(ResourceType::kRoute, {RoutesOf(AnsweringRoutes("r", "late"))}).empty());
  EXPECT_EQ(world.Ask("l"), "late");
}

TEST(LiveConfigTest, AChangedRouteServesWhenItIsDone) {
  LiveWorld world(kDynamic);
  world.Start();
  EXPECT_TRUE(world.Apply(ResourceType::kCluster, {}).empty());
  EXPECT_TRUE(
      world.Apply(ResourceType::kListener, {ListenerOf(RdsListenerText("l", "r"))}).empty());
  EXPECT_TRUE(world.Apply(ResourceType::kRoute, {RoutesOf(AnsweringRoutes("r", "one"))}).empty());
  world.Settle();
  worker::BlockingClient old(world.AddressOf("l"));
  EXPECT_EQ(old.Ask(), "one");
  EXPECT_TRUE(world.Apply(ResourceType::kRoute, {RoutesOf(AnsweringRoutes("r", "two"))}).empty());
  EXPECT_EQ(world.Ask("l"), "two");
  EXPECT_EQ(old.Ask(), "two");
  EXPECT_EQ(world.announced.size(), 1u);
}

TEST(LiveConfigTest, ABadResourceIsNamedAndItsHeldCopyStays) {
  LiveWorld world;
  world.Start();
  EXPECT_TRUE(
      world.Apply(ResourceType::kListener, {ListenerOf(RdsListenerText("l", "r"))}).empty());
  EXPECT_TRUE(world.Apply(ResourceType::kRoute, {RoutesOf(AnsweringRoutes("r", "one"))}).empty());
  const auto problems = world.Apply(ResourceType::kRoute,
                                    {RoutesOf("name: 'r' virtual_hosts { name: 'h' domains: '' }"),
                                     RoutesOf(AnsweringRoutes("s", "x"))});
  EXPECT_EQ(problems.size(), 1u);
  EXPECT_EQ(world.Ask("l"), "one");
}

TEST(LiveConfigTest, AListenerWhosePortIsTakenIsNamedAndTheOthersServe) {
  LiveWorld world;
  world.Start();
  const uint16_t taken = worker::WorkerFixture::FreePort();
  const net::Fd holder = worker::WorkerFixture::HoldPort(taken);
  EXPECT_TRUE(world.Apply(ResourceType::kRoute, {RoutesOf(AnsweringRoutes("r", "x"))}).empty());
  EXPECT_TRUE(
      world.Apply(ResourceType::kListener, {ListenerOf(RdsListenerText("a", "r"))}).empty());
  const auto problems = world.Apply(
      ResourceType::kListener,
      {ListenerOf(RdsListenerText("a", "r", taken)), ListenerOf(RdsListenerText("b", "r"))});
  ASSERT_EQ(problems.size(), 1u);
  EXPECT_EQ(problems[0].rfind("Listener 'a': bind_failed: ", 0), 0u) << problems[0];
  EXPECT_EQ(world.Ask("a"), "x") << "its old address still serves";
  EXPECT_EQ(world.Ask("b"), "x");
}

TEST(LiveConfigTest, ARemovedListenerIsClosed) {
  LiveWorld world;
  world.Start();
  EXPECT_TRUE(world.Apply(ResourceType::kRoute, {RoutesOf(AnsweringRoutes("r", "x"))}).empty());
  EXPECT_TRUE(
      world.Apply(ResourceType::kListener, {ListenerOf(RdsListenerText("a", "r"))}).empty());
  const net::Address address = world.AddressOf("a");
  EXPECT_EQ(LiveWorld::AskAt(address), "x");
  EXPECT_TRUE(world.Apply(ResourceType::kListener, {}, {"a"}).empty());
  EXPECT_EQ(LiveWorld::AskAt(address), "refused");
}

TEST(LiveConfigTest, AStoredRevisionServesWithoutAControlPlane) {
  LiveWorld world(kDynamic);
  LiveStatus status;
  world.live.OnStatus([&](const LiveStatus& now) { status = now; });
  world.live.Start(world.statics, [&] { ++world.firsts; });
  const uint16_t taken = worker::WorkerFixture::FreePort();
  const net::Fd holder = worker::WorkerFixture::HoldPort(taken);
  config::ResourceSet set = LiveWorld::Answering("stored");
  Put(set, ResourceType::kListener, ListenerOf(RdsListenerText("closed", "r", taken)));
  world.live.StartFrom(LiveWorld::RevisionOf(41, set));
  world.Settle();
  EXPECT_EQ(world.firsts, 1);
  EXPECT_EQ(world.Ask("l"), "stored");
  EXPECT_EQ(world.Ask("closed"), "refused");
  EXPECT_EQ(status.source, LiveStatus::Source::kStateDirectory);
  EXPECT_EQ(status.served->revision, 41u);
}

}  // namespace
}  // namespace sluice::main
