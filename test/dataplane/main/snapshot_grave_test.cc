#include "dataplane/main/snapshot_grave.h"

#include <gtest/gtest.h>

#include "test/support/manual_clock.h"

namespace sluice::main {
namespace {

class SnapshotGraveTest : public testing::Test {
 protected:
  void Pass() {
    for (int i = 0; i < 3; ++i) {
      clock.Advance(SnapshotGrave::kPeriod);
      config.RunUntilIdle();
    }
  }
  std::shared_ptr<const config::Snapshot> WithCluster() {
    auto spec = std::make_shared<upstream::ClusterSpec>();
    spec->name = "c";
    auto directory = std::make_shared<config::ClusterDirectory>();
    directory->entries.push_back({spec, registry.Prepare(spec)});
    auto snapshot = std::make_shared<config::Snapshot>();
    snapshot->clusters = std::move(directory);
    return snapshot;
  }

  test::ManualClock clock;
  event::Loop config{clock};
  event::Loop build{clock};
  upstream::Registry registry{{.workers = 1, .share_idle = true}};
  SnapshotGrave grave{{config, config, build}, registry};
};

TEST_F(SnapshotGraveTest, FreesOnTheBuildThreadWhatNobodyUses) {
  auto used = WithCluster();
  const std::weak_ptr<const config::Snapshot> watch = used;
  grave.Bury(used);
  grave.Bury(used);
  Pass();
  EXPECT_EQ(grave.size(), 1u);
  used = nullptr;
  Pass();
  EXPECT_EQ(grave.size(), 0u);
  EXPECT_FALSE(watch.expired()) << "not on the config loop";
  build.RunUntilIdle();
  EXPECT_TRUE(watch.expired());
}

TEST_F(SnapshotGraveTest, ThenItsClustersAreCollected) {
  grave.Bury(WithCluster());
  EXPECT_NE(registry.FindByName("c"), nullptr);
  Pass();
  build.RunUntilIdle();
  Pass();
  EXPECT_EQ(registry.FindByName("c"), nullptr);
}

}  // namespace
}  // namespace sluice::main
