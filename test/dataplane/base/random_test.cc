#include "dataplane/base/random.h"

#include <gtest/gtest.h>

#include <array>
#include <random>
#include <set>

namespace sluice::base {
namespace {

static_assert(std::uniform_random_bit_generator<Random>);

TEST(RandomTest, TheSameSeedGivesTheSameNumbers) {
  Random a(7), b(7), c(8);
  const uint64_t first = a();
  EXPECT_EQ(first, b());
  EXPECT_NE(first, c());
}

TEST(RandomTest, BelowStaysBelowAndReachesEveryValueEvenly) {
  Random random(1);
  std::array<int, 10> seen{};
  for (int i = 0; i < 100'000; ++i) ++seen.at(random.Below(10));
  for (int count : seen) EXPECT_NEAR(count, 10'000, 500);
  EXPECT_EQ(random.Below(0), 0u);
  EXPECT_EQ(random.Below(1), 0u);
}

TEST(RandomTest, UnitIsInTheHalfOpenIntervalWithMeanOneHalf) {
  Random random(2);
  double sum = 0;
  for (int i = 0; i < 100'000; ++i) {
    const double x = random.Unit();
    ASSERT_GE(x, 0.0);
    ASSERT_LT(x, 1.0);
    sum += x;
  }
  EXPECT_NEAR(sum / 100'000, 0.5, 0.01);
}

TEST(RandomTest, SeedsOfTheKernelDiffer) {
  std::set<uint64_t> firsts;
  for (int i = 0; i < 100; ++i) firsts.insert(Random::FromSystem()());
  EXPECT_EQ(firsts.size(), 100u);
}

}  // namespace
}  // namespace sluice::base
