#include "dataplane/health/probe_clusters.h"

#include <gtest/gtest.h>

#include "test/dataplane/health/world.h"

namespace sluice::health {
namespace {

TEST(ProbeClustersTest, ClustersOfOneNameAreApartAndFreedWhenReleased) {
  test::ManualClock clock;
  event::Loop loop(clock);
  ProbeClusters clusters(loop, 1);
  auto first = clusters.Make(upstream::Spec(), HealthWorld::AddressAt(0));
  auto second = clusters.Make(upstream::Spec(), HealthWorld::AddressAt(0));
  EXPECT_NE(first->id(), second->id());
  EXPECT_EQ(&clusters.Find(*second)->cluster(), second.get());
  loop.RunUntilIdle();
  const std::weak_ptr<upstream::Cluster> gone = first;
  clusters.Release(std::move(first));
  loop.RunUntilIdle();
  EXPECT_TRUE(gone.expired());
  EXPECT_NE(clusters.Find(*second), nullptr);
}

}  // namespace
}  // namespace sluice::health
