#include "dataplane/upstream/retry_budget.h"

#include <gtest/gtest.h>

namespace sluice::upstream {
namespace {

int TakeAll(RetryTokens& tokens) {
  int taken = 0;
  while (tokens.Take()) ++taken;
  return taken;
}

TEST(RetryTokensTest, FiveRequestsEarnOneRetry) {
  RetryTokens tokens;
  const RetryRate rate{.permille = 200, .reserve = 0, .most_saved = 100};
  tokens.Begin(rate, 1);
  for (int i = 0; i < 4; ++i) tokens.Deposit(rate);
  EXPECT_FALSE(tokens.Take());
  tokens.Deposit(rate);
  EXPECT_EQ(TakeAll(tokens), 1);
}

TEST(RetryTokensTest, TheReserveIsSharedOutAndSavingsEnd) {
  RetryTokens tokens;
  const RetryRate rate{.permille = 200, .reserve = 10, .most_saved = 100};
  tokens.Begin(rate, 2);
  EXPECT_EQ(TakeAll(tokens), 5);
  for (int i = 0; i < 10'000; ++i) tokens.Deposit(rate);
  EXPECT_EQ(TakeAll(tokens), 50);
}

TEST(RetryTokensTest, AWorkerOfManyStillHasOne) {
  RetryTokens tokens;
  tokens.Begin({.permille = 200, .reserve = 3, .most_saved = 3}, 16);
  EXPECT_EQ(TakeAll(tokens), 1);
}

TEST(RetryTokensTest, NoBudgetMeansNoRetry) {
  RetryTokens tokens;
  const RetryRate none{.permille = 0, .reserve = 0, .most_saved = 0};
  tokens.Begin(none, 1);
  for (int i = 0; i < 100; ++i) tokens.Deposit(none);
  EXPECT_EQ(TakeAll(tokens), 0);
}

TEST(RetriesAtOnceTest, IsMaxRetriesOrAShareWithAMinimum) {
  BreakerLimits limits;
  limits.max_retries = 7;
  EXPECT_EQ(RetriesAtOnce(limits, 1000), 7u);
  limits.retry_share = true;
  EXPECT_EQ(RetriesAtOnce(limits, 0), 3u);
  EXPECT_EQ(RetriesAtOnce(limits, 15), 3u);
  EXPECT_EQ(RetriesAtOnce(limits, 1000), 200u);
}

}  // namespace
}  // namespace sluice::upstream
