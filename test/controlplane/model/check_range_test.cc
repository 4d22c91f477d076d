#include <gtest/gtest.h>

#include "controlplane/model/checks.h"

namespace sluice::model {
namespace {

std::string TextFor(int64_t seconds, int32_t nanos, int64_t least_ms, int64_t most_ms) {
  Findings findings;
  Reporter reporter(findings, {"Service", "shop/s"});
  google::protobuf::Duration duration;
  duration.set_seconds(seconds);
  duration.set_nanos(nanos);
  const bool good = CheckDuration(duration, least_ms, most_ms, "spec.x", reporter);
  EXPECT_EQ(good, findings.problems.empty());
  return good ? "" : findings.problems[0].text();
}

TEST(CheckRangeTest, BothEndsOfADurationBelongToIt) {
  EXPECT_EQ(TextFor(0, 1'000'000, 1, kHourMs), "");
  EXPECT_EQ(TextFor(3600, 0, 1, kHourMs), "");
  EXPECT_EQ(TextFor(0, 999'999, 1, kHourMs), "must be from 1 ms to 1 h");
  EXPECT_EQ(TextFor(3600, 1, 1, kHourMs), "must be from 1 ms to 1 h");
  EXPECT_EQ(TextFor(-1, 0, 2000, kDayMs), "must be from 2 s to 24 h");
}

TEST(CheckRangeTest, TheMostOfANumberBelongsToIt) {
  Findings findings;
  Reporter reporter(findings, {"Service", "shop/s"});
  CheckAtMost(100, 100, "spec.x", reporter);
  EXPECT_TRUE(findings.problems.empty());
  CheckAtMost(101, 100, "spec.x", reporter);
  ASSERT_EQ(findings.problems.size(), 1u);
  EXPECT_EQ(findings.problems[0].text(), "must be at most 100");
}

}  // namespace
}  // namespace sluice::model
