#include <gtest/gtest.h>

#include "test/controlplane/model/fixtures.h"

namespace sluice::model {
namespace {

// Of a Service with `spec` beside its source, without its name.
Strings Problems(const std::string& spec) {
  Strings problems = ProblemsWith("Service", "shop/s", "service { registered {} " + spec + " }");
  for (std::string& problem : problems) problem.erase(0, std::string("Service shop/s spec.").size());
  return problems;
}

TEST(CheckLimitsTest, GoodOnesPass) {
  EXPECT_EQ(Problems("limits { connections: 1 connections_per_endpoint: 1 pending: 1 requests: 4294967295 "
                     "retries { rate_percent: 0 reserve: 1000000 saved: 1000000 active_percent: 0 active_min: 0 } }"),
            Strings{});
  EXPECT_EQ(Problems("limits { retries { at_once: 0 rate_percent: 1000 } }"), Strings{});
}

TEST(CheckLimitsTest, EverythingWrongIsSaidAtOnce) {
  EXPECT_EQ(Problems("limits { retries { rate_percent: 1001 saved: 1000001 reserve: 1000002 active_percent: 101 "
                     "active_min: 1 at_once: 1 } }"),
            (Strings{"limits.retries.active_min conflict", "limits.retries.active_percent conflict",
                     "limits.retries.active_percent invalid", "limits.retries.rate_percent invalid",
                     "limits.retries.reserve invalid", "limits.retries.saved invalid"}));
}

TEST(CheckLimitsTest, MoreThanCanBeSavedCannotBeThereAtTheStart) {
  EXPECT_EQ(Problems("limits { retries { reserve: 101 } }"), Strings{"limits.retries.reserve invalid"});
  EXPECT_EQ(Problems("limits { retries { reserve: 100 } }"), Strings{});
  EXPECT_EQ(Problems("limits { retries { reserve: 6 saved: 5 } }"), Strings{"limits.retries.reserve invalid"});
}

}  // namespace
}  // namespace sluice::model
