#include "dataplane/admin/pages.h"

#include <gtest/gtest.h>

#include "test/dataplane/admin/admin_world.h"

namespace sluice::admin {
namespace {

TEST(ReadyPageTest, ReadyFollowsTheStateAndNotTheBackends) {
  World world;
  world.AddCluster("a");
  EXPECT_EQ(BodyOf(world.Get("/ready")), "LIVE\n");
  EXPECT_EQ(BodyOf(world.Get("/ready?detail")), "LIVE\ncluster a: 1 of 2 endpoints usable; 1 failed_eds_health\n");
  world.state = State::kInitializing;
  EXPECT_EQ(StatusLineOf(world.Get("/ready")), "HTTP/1.1 503 Service Unavailable");
  world.state = State::kDraining;
  EXPECT_EQ(StatusLineOf(world.Get("/ready?detail")), "HTTP/1.1 503 Service Unavailable");
  EXPECT_EQ(BodyOf(world.Get("/ready")), "DRAINING\n");
  EXPECT_EQ(StatusLineOf(world.Get("/healthz")), "HTTP/1.1 200 OK");
}

}  // namespace
}  // namespace sluice::admin
