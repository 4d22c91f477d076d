#include "dataplane/main/limit_watch.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "dataplane/base/log.h"
#include "test/support/manual_clock.h"

namespace sluice::main {
namespace {

using testing::ElementsAre;

std::vector<std::string>& Lines() {
  static std::vector<std::string> lines;
  return lines;
}

class LimitWatchTest : public testing::Test {
 protected:
  LimitWatchTest()
      : registry({.near_limit = [this](const std::string& cluster, upstream::Limit limit,
                                       uint32_t in_use, uint32_t most) {
          watch.Near(cluster, limit, in_use, most);
        }}) {
    Lines().clear();
    base::SetLogSink([](base::LogLevel, std::string_view text) { Lines().emplace_back(text); });
    auto spec = std::make_shared<upstream::ClusterSpec>();
    spec->name = "service";
    spec->breaker.max_requests = 5;
    cluster = registry.Prepare(spec);
  }
  ~LimitWatchTest() override { base::SetLogSink(nullptr); }
  void Take(int units) {
    bool counted = false;
    for (int i = 0; i < units; ++i) {
      static_cast<void>(cluster->breaker().requests.Acquire(5, &counted));
    }
    config.RunUntilIdle();
  }
  void Pass(base::Duration by) {
    clock.Advance(by);
    config.RunUntilIdle();
  }

  test::ManualClock clock;
  event::Loop config{clock};
  upstream::Registry registry;
  LimitWatch watch{config, registry};
  std::shared_ptr<upstream::Cluster> cluster;
};

TEST_F(LimitWatchTest, TellsOfALimitOnceWhileItStaysNear) {
  Take(3);
  EXPECT_THAT(Lines(), ElementsAre());
  Take(1);
  EXPECT_THAT(Lines(), ElementsAre("cluster 'service': 4 of 5 used (max_requests): what comes above "
                                   "it is refused"));
  Pass(std::chrono::minutes(1));
  cluster->breaker().requests.Release();
  Take(1);
  EXPECT_EQ(Lines().size(), 1u);
}

TEST_F(LimitWatchTest, TellsAgainAfterItWasOver) {
  Take(4);
  for (int i = 0; i < 3; ++i) cluster->breaker().requests.Release();
  Take(3);
  EXPECT_EQ(Lines().size(), 1u) << "not looked at yet";
  for (int i = 0; i < 3; ++i) cluster->breaker().requests.Release();
  Pass(std::chrono::seconds(11));
  Take(3);
  EXPECT_EQ(Lines().size(), 2u);
}

TEST_F(LimitWatchTest, ForgetsAClusterThatIsGone) {
  Take(4);
  cluster.reset();
  registry.Collect();
  Pass(std::chrono::seconds(11));
  Pass(std::chrono::seconds(11));
  EXPECT_EQ(registry.FindByName("service"), nullptr);
}

}  // namespace
}  // namespace sluice::main
