#include "dataplane/grpc/timeout.h"

#include <gtest/gtest.h>

#include <string>

namespace sluice::grpc {
namespace {

using namespace std::chrono_literals;
using base::Duration;

TEST(TimeoutTest, UsesTheFinestUnitThatFits) {
  const struct {
    Duration timeout;
    const char* text;
  } cases[] = {
      {1ns, "1n"},
      {99'999'999ns, "99999999n"},
      {100ms, "100000u"},
      {100'000'001ns, "100001u"},  // rounded up
      {15s, "15000000u"},
      {100s, "100000m"},
      {86'400s, "86400000m"},
      {100'000s, "100000S"},
      {100'000h, "6000000M"},
      {Duration::max(), "2562048H"},
      {0ns, "1n"},
      {-1s, "1n"},
  };
  for (const auto& c : cases) EXPECT_EQ(EncodeTimeout(c.timeout).view(), c.text);
}

TEST(TimeoutTest, ReadsWhatItWrites) {
  for (Duration d : std::initializer_list<Duration>{1ns, 17ms, 15s, 24h, 9000h}) {
    EXPECT_EQ(DecodeTimeout(EncodeTimeout(d).view()), d);
  }
}

TEST(TimeoutTest, ReadsEveryUnit) {
  EXPECT_EQ(DecodeTimeout("2H"), Duration(2h));
  EXPECT_EQ(DecodeTimeout("3M"), Duration(3min));
  EXPECT_EQ(DecodeTimeout("10S"), Duration(10s));
  EXPECT_EQ(DecodeTimeout("10m"), Duration(10ms));
  EXPECT_EQ(DecodeTimeout("10u"), Duration(10us));
  EXPECT_EQ(DecodeTimeout("10n"), Duration(10ns));
  EXPECT_EQ(DecodeTimeout("0S"), Duration(0));
}

TEST(TimeoutTest, ClampsWhatNoDurationHolds) {
  EXPECT_EQ(DecodeTimeout("99999999H"), Duration::max());
}

TEST(TimeoutTest, RefusesWhatIsNoTimeout) {
  for (std::string_view text :
       {"", "S", "1", "-1S", "+1S", "1.5S", " 1S", "1S ", "1s", "1h", "123456789S", "1SS",
        "0x1S"}) {
    EXPECT_EQ(DecodeTimeout(text), std::nullopt) << text;
  }
}

}  // namespace
}  // namespace sluice::grpc
