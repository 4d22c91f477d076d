// The part of Abseil that Sluice uses: Status, containers, Duration.
#include <absl/container/flat_hash_map.h>
#include <absl/status/status.h>
#include <absl/status/statusor.h>
#include <absl/time/time.h>
#include <gtest/gtest.h>

#include <string>

namespace {

TEST(AbslTest, StatusOrHoldsAValueOrAnError) {
  absl::StatusOr<int> value = 7;
  EXPECT_EQ(*value, 7);
  value = absl::InvalidArgumentError("listeners[0]: no address");
  EXPECT_FALSE(value.ok());
  EXPECT_EQ(value.status().ToString(), "INVALID_ARGUMENT: listeners[0]: no address");
}

TEST(AbslTest, FlatHashMapGrows) {
  absl::flat_hash_map<std::string, int> map;
  for (int i = 0; i < 1000; ++i) map[std::to_string(i)] = i;
  EXPECT_EQ(map.size(), 1000u);
  EXPECT_EQ(map.at("999"), 999);
}

TEST(AbslTest, DurationsConvert) { EXPECT_EQ(absl::ToInt64Milliseconds(absl::Seconds(2)), 2000); }

}  // namespace
