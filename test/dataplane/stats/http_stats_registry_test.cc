#include "dataplane/stats/http_stats_registry.h"

#include <gtest/gtest.h>

namespace sluice::stats {
namespace {

TEST(HttpStatsRegistryTest, APrefixThatComesBackFindsItsCounts) {
  HttpStatsRegistry registry(2);
  registry.Get("web")->of(1).requests_total.Add(7);
  registry.Get("api");
  EXPECT_EQ(registry.Get("web")->of(1).requests_total.value(), 7u);
  std::string order;
  registry.ForEach([&](const HttpStatsSet& set) { order += set.prefix() + " "; });
  EXPECT_EQ(order, "web api ");
}

TEST(HttpStatsRegistryTest, WorkersDoNotShareCacheLines) {
  HttpStatsSet set("web", 2);
  const auto distance =
      reinterpret_cast<const char*>(&set.of(1)) - reinterpret_cast<const char*>(&set.of(0));
  EXPECT_EQ(distance % 64, 0);
  EXPECT_EQ(reinterpret_cast<uintptr_t>(&set.of(0)) % 64, 0u);
}

}  // namespace
}  // namespace sluice::stats
