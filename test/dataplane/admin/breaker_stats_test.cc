#include "dataplane/admin/breaker_stats.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "dataplane/upstream/registry.h"

namespace sluice::admin {
namespace {

using testing::Contains;
using testing::HasSubstr;
using testing::Not;
using testing::Pair;

class BreakerStatsTest : public testing::Test {
 protected:
  BreakerStatsTest() {
    auto spec = std::make_shared<upstream::ClusterSpec>();
    spec->name = "service";
    spec->breaker.max_connections = 5;
    spec->breaker.max_requests = upstream::BreakerLimits::kUnlimited;
    cluster = registry.Prepare(spec);
    bool counted = false;
    for (int i = 0; i < 5; ++i) {
      static_cast<void>(cluster->breaker().connections.Acquire(5, &counted));
    }
  }
  upstream::Registry registry{upstream::Registry::Options{}};
  std::shared_ptr<upstream::Cluster> cluster;
};

TEST_F(BreakerStatsTest, SaysWhatIsUsedWhatIsLeftAndHowOftenItWasNear) {
  std::map<std::string, int64_t> stats;
  VisitBreakerStats(*cluster, [&](std::string_view name, int64_t value) {
    stats[std::string(name)] = value;
  });
  EXPECT_THAT(stats, Contains(Pair("circuit_breakers.default.cx_open", 1)));
  EXPECT_THAT(stats, Contains(Pair("circuit_breakers.default.in_use_cx", 5)));
  EXPECT_THAT(stats, Contains(Pair("circuit_breakers.default.remaining_cx", 0)));
  EXPECT_THAT(stats, Contains(Pair("circuit_breakers.default.near_cx", 1)));
  EXPECT_THAT(stats, Contains(Pair("circuit_breakers.default.remaining_rq_pending", 1024)));
  EXPECT_THAT(stats, Contains(Pair("circuit_breakers.default.rq_retry_open", 0)));
  EXPECT_THAT(stats, Not(Contains(Pair("circuit_breakers.default.remaining_rq", testing::_))));
}

TEST_F(BreakerStatsTest, TellsPrometheusByClusterAndLimit) {
  std::string body;
  stats::PrometheusText text(body);
  ScrapeBreakers(ReadBackends(registry, Detail::kCounts), text);
  EXPECT_THAT(body, HasSubstr("sluice_upstream_limit_remaining{cluster=\"service\",limit=\"max_connections\"} 0\n"));
  EXPECT_THAT(body, HasSubstr("sluice_upstream_limit_near_total{cluster=\"service\",limit=\"max_connections\"} 1\n"));
  EXPECT_THAT(body, Not(HasSubstr("limit=\"max_requests\"")));
}

}  // namespace
}  // namespace sluice::admin
