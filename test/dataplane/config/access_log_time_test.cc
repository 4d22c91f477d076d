#include "dataplane/config/access_log_time.h"

#include <gtest/gtest.h>

namespace sluice::config {
namespace {

// 2026-01-02 03:04:05.678901234 UTC, a Friday.
constexpr base::Duration kMoment =
    std::chrono::seconds(1767323045) + std::chrono::nanoseconds(678'901'234);

std::string At(std::string_view format, base::Duration moment = kMoment) {
  EXPECT_EQ(CheckTimeFormat(format), std::nullopt);
  std::string out;
  AppendTime(format, moment, out);
  return out;
}

TEST(AccessLogTimeTest, TheDefaultIsIso8601WithMilliseconds) {
  EXPECT_EQ(At(""), "2026-01-02T03:04:05.678Z");
  EXPECT_EQ(At("", std::chrono::milliseconds(7)), "1970-01-01T00:00:00.007Z");
}

TEST(AccessLogTimeTest, ConversionsAreStrftimesAndFractions) {
  EXPECT_EQ(At("%Y/%m/%dT%H:%M:%S%z %s"), "2026/01/02T03:04:05+0000 1767323045");
  EXPECT_EQ(At("%s.%3f"), "1767323045.678");
  EXPECT_EQ(At("%6f %f %1f"), "678901 678901234 6");
  EXPECT_EQ(At("%a %d%%"), "Fri 02%");
}

TEST(AccessLogTimeTest, ConversionsThatAreNoneOrBreakLinesAreRefused) {
  for (const char* bad : {"%n", "%t", "%", "%0f", "%3", "%3s", "%q", "a\nb", "%Ey"}) {
    EXPECT_NE(CheckTimeFormat(bad), std::nullopt) << bad;
  }
}

}  // namespace
}  // namespace sluice::config
