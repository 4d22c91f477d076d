#include "tools/sluicectl/scalars.h"

#include <gtest/gtest.h>

namespace sluice::ctl {
namespace {

TEST(ScalarsTest, NumbersAreTakenWhole) {
  EXPECT_EQ(ToUnsigned("18446744073709551615"), UINT64_MAX);
  for (const char* text : {"", "-1", "+1", "1 ", "1.0", "0x10", "18446744073709551616"}) {
    EXPECT_EQ(ToUnsigned(text), std::nullopt) << text;
  }
}

TEST(ScalarsTest, BooleansHaveOneForm) {
  EXPECT_EQ(ToBool("true"), true);
  EXPECT_EQ(ToBool("false"), false);
  for (const char* text : {"True", "yes", "1", ""}) EXPECT_EQ(ToBool(text), std::nullopt) << text;
}

TEST(ScalarsTest, DurationsGoBothWays) {
  EXPECT_EQ(ToDuration("3s")->seconds(), 3);
  EXPECT_EQ(ToDuration("250ms")->nanos(), 250'000'000);
  EXPECT_EQ(ToDuration("1m30s")->seconds(), 90);
  EXPECT_EQ(ToDuration("0")->seconds(), 0);
  for (const char* text : {"", "3", "-3s", "inf", "3 s", "three"}) {
    EXPECT_EQ(ToDuration(text), std::nullopt) << text;
  }
  for (const char* text : {"3s", "250ms", "1m30s", "1.5s", "24h"}) {
    EXPECT_EQ(FromDuration(*ToDuration(FromDuration(*ToDuration(text)))),
              FromDuration(*ToDuration(text)))
        << text;
  }
  EXPECT_EQ(FromDuration(*ToDuration("1500ms")), "1.5s");
}

TEST(ScalarsTest, NamesInSnakeCase) {
  EXPECT_EQ(SnakeCase("trustedHops"), "trusted_hops");
  EXPECT_EQ(SnakeCase("trusted_hops"), "trusted_hops");
}

TEST(ScalarsTest, EditDistanceCountsLetters) {
  EXPECT_EQ(EditDistance("timeout", "timeout"), 0u);
  EXPECT_EQ(EditDistance("timout", "timeout"), 1u);
  EXPECT_EQ(EditDistance("", "abc"), 3u);
  EXPECT_EQ(EditDistance("kitten", "sitting"), 3u);
}

}  // namespace
}  // namespace sluice::ctl
