#include "dataplane/upstream/registry.h"

#include <gtest/gtest.h>

#include "test/dataplane/upstream/world.h"
#include "test/support/fake_upstream.h"

namespace sluice::upstream {
namespace {

std::shared_ptr<const ClusterSpec> Named(std::string name) {
  ClusterSpec spec;
  spec.name = std::move(name);
  return std::make_shared<const ClusterSpec>(std::move(spec));
}

class RegistryTest : public testing::Test {
 protected:
  void Run() { worker.loop.RunUntilIdle(); }

  test::ManualClock clock;
  Registry registry{{.clock = &clock}};
  TestWorker worker{0, registry, clock};
};

TEST_F(RegistryTest, GivesOneNameOneCluster) {
  auto first = registry.Prepare(Named("a"));
  auto second = registry.Prepare(Named("a"));
  EXPECT_EQ(first, second);
  EXPECT_EQ(registry.FindByName("a"), first);
  EXPECT_EQ(registry.FindByName("b"), nullptr);
}

TEST_F(RegistryTest, APreparedSpecIsServedOnlyOncePublished) {
  auto cluster = registry.Prepare(Named("a"));
  ClusterSpec changed;
  changed.name = "a";
  changed.breaker.max_requests = 7;
  auto next = std::make_shared<const ClusterSpec>(changed);
  registry.Prepare(next);
  EXPECT_EQ(cluster->spec().breaker.max_requests, 1024u);
  registry.Publish(*cluster, next);
  EXPECT_EQ(cluster->spec().breaker.max_requests, 7u);
}

TEST_F(RegistryTest, HealthOfAnEndpointChangesWithoutANewTable) {
  auto cluster = registry.Prepare(Named("a"));
  EndpointSet set = World::SetOf({test::RefusingAddress()});
  set.endpoints.push_back(set.endpoints[0]);
  set.endpoints[1].address = set.endpoints[0].address.WithPort(1);
  registry.SetEndpoints(*cluster, set);
  const EndpointTable* table = cluster->endpoints();
  const uint64_t epoch = registry.epoch();
  Endpoint& first = *table->endpoints()[0];
  registry.Mark(*cluster, first, kFailedActive, kFailedActive);
  EXPECT_EQ(first.health().load(), balance::Health::kUnhealthy);
  clock.Advance(std::chrono::seconds(5));
  registry.Mark(*cluster, first, kFailedActive, 0);
  EXPECT_EQ(first.state().healthy_since.load(), clock.Now());
  EXPECT_EQ(cluster->endpoints(), table);
  EXPECT_EQ(registry.epoch(), epoch) << "no worker has anything to do";
}

TEST_F(RegistryTest, FindsAClusterByItsIdOnEveryWorker) {
  auto cluster = registry.Prepare(Named("a"));
  WorkerCluster* found = worker.upstream.Find(cluster->id());
  ASSERT_NE(found, nullptr);
  EXPECT_EQ(&found->cluster(), cluster.get());
  EXPECT_EQ(worker.upstream.Find(cluster->id()), found);
  EXPECT_EQ(worker.upstream.Find(ClusterId()), nullptr);
  EXPECT_EQ(worker.upstream.Find({cluster->id().slot, cluster->id().generation + 1}), nullptr);
}

TEST_F(RegistryTest, KeepsAReplacedTableUntilEveryWorkerHasEndedATurn) {
  auto cluster = registry.Prepare(Named("a"));
  registry.SetEndpoints(*cluster, World::SetOf({test::RefusingAddress()}));
  Run();
  const EndpointTable* seen = cluster->endpoints();
  const std::weak_ptr<Endpoint> endpoint = seen->endpoints()[0];
  registry.SetEndpoints(*cluster, {});
  EXPECT_FALSE(endpoint.expired()) << "the worker may be picking from it";
  EXPECT_EQ(seen->endpoints().size(), 1u);
  Run();
  registry.Collect();
  EXPECT_TRUE(endpoint.expired());
}

TEST_F(RegistryTest, WakesAWorkerThatSleepsWhileMuchWaitsForIt) {
  auto cluster = registry.Prepare(Named("a"));
  registry.SetEndpoints(*cluster, {});
  registry.SetEndpoints(*cluster, {});
  EXPECT_TRUE(worker.loop.mailbox().empty()) << "a few objects are not worth a wake-up";
  for (int i = 0; i < 20; ++i) registry.SetEndpoints(*cluster, {});
  EXPECT_FALSE(worker.loop.mailbox().empty());
  Run();
  EXPECT_EQ(registry.Collect(), 0u);
}

TEST_F(RegistryTest, FreesAClusterWithoutSnapshotOnceWorkersHaveLetGo) {
  auto cluster = registry.Prepare(Named("a"));
  const ClusterId id = cluster->id();
  const std::weak_ptr<Cluster> alive = cluster;
  ASSERT_NE(worker.upstream.Find(id), nullptr);
  Run();
  EXPECT_EQ(registry.Collect(), 0u);
  cluster.reset();
  EXPECT_EQ(registry.Collect(), 1u) << "the worker has not followed yet";
  EXPECT_FALSE(alive.expired());
  Run();
  EXPECT_EQ(registry.Collect(), 0u);
  EXPECT_TRUE(alive.expired());
  EXPECT_EQ(worker.upstream.Find(id), nullptr);
  auto next = registry.Prepare(Named("b"));
  EXPECT_EQ(next->id().slot, id.slot) << "slots are used again";
  EXPECT_NE(next->id().generation, id.generation);
}

TEST_F(RegistryTest, ANameThatComesBackInTimeFindsItsCluster) {
  auto cluster = registry.Prepare(Named("a"));
  Cluster* before = cluster.get();
  worker.upstream.Find(cluster->id());
  cluster.reset();
  registry.Collect();
  cluster = registry.Prepare(Named("a"));
  EXPECT_EQ(cluster.get(), before);
  Run();
  registry.Collect();
  EXPECT_NE(worker.upstream.Find(cluster->id()), nullptr);
}

TEST_F(RegistryTest, ACallKeepsItsClusterThroughTheRemoval) {
  test::FakeUpstream upstream(worker.loop);
  auto cluster = registry.Prepare(Named("a"));
  registry.SetEndpoints(*cluster, World::SetOf({upstream.address()}));
  {
    Client client(worker.blocks);
    client.Get(*worker.upstream.Find(cluster->id()));
    Run();
    cluster.reset();
    registry.Collect();
    Run();
    EXPECT_EQ(registry.Collect(), 1u);
    upstream[0].Send(kOk);
    Run();
    EXPECT_EQ(client.Result(), "200 ok.");
    EXPECT_EQ(client.call.endpoint()->address(), upstream.address()) << "for the access log";
    EXPECT_TRUE(upstream[0].peer_ended());
  }
  Run();
  EXPECT_EQ(registry.Collect(), 0u);
}

TEST_F(RegistryTest, TellsWhatChangedUntilTheLogIsTooLong) {
  auto a = registry.Prepare(Named("a"));
  auto b = registry.Prepare(Named("b"));
  const uint64_t from = registry.epoch();
  registry.SetEndpoints(*b, {});
  std::vector<uint32_t> slots;
  EXPECT_TRUE(registry.ChangedSince(from, registry.epoch(), slots));
  EXPECT_EQ(slots, (std::vector<uint32_t>{b->id().slot}));
  for (int i = 0; i < 2000; ++i) registry.SetEndpoints(*a, {});
  EXPECT_FALSE(registry.ChangedSince(from, registry.epoch(), slots));
}

TEST_F(RegistryTest, BreakerCountsSurviveANewSpec) {
  test::FakeUpstream upstream(worker.loop);
  auto cluster = registry.Prepare(Named("a"));
  registry.SetEndpoints(*cluster, World::SetOf({upstream.address()}));
  Client client(worker.blocks);
  client.Get(*worker.upstream.Find(cluster->id()));
  Run();
  ClusterSpec changed;
  changed.name = "a";
  changed.breaker.max_requests = 1;
  registry.Publish(*cluster, std::make_shared<const ClusterSpec>(changed));
  Client second(worker.blocks);
  second.Get(*worker.upstream.Find(cluster->id()));
  Run();
  EXPECT_TRUE(second.failed()) << "one is one, also when it began under the old limit";
}

}  // namespace
}  // namespace sluice::upstream
