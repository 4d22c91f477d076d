#include "dataplane/config/duration.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "test/dataplane/config/route_text.h"

namespace sluice::config {
namespace {

TEST(DurationTest, TakesZeroToAYear) {
  ErrorList errors;
  google::protobuf::Duration value;
  EXPECT_EQ(CompileDuration(value, "t", errors), base::Duration(0));
  value.set_seconds(1);
  value.set_nanos(5);
  EXPECT_EQ(CompileDuration(value, "t", errors), std::chrono::nanoseconds(1'000'000'005));
  EXPECT_THAT(Lines(errors), testing::ElementsAre());
  value.set_seconds(-1);
  CompileDuration(value, "t", errors);
  value.set_seconds(365 * 86'400 + 1);
  CompileDuration(value, "t", errors);
  EXPECT_THAT(Lines(errors),
              testing::ElementsAre("t: must not be negative", "t: must be at most a year"));
}

}  // namespace
}  // namespace sluice::config
