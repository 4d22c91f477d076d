#include "dataplane/xds/nack_pause.h"

#include <gtest/gtest.h>

namespace sluice::xds {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

crypto::Digest Print(int i) { return crypto::Sha256Of(std::to_string(i)); }

TEST(NackPauseTest, R20WhatIsSentAgainWaitsLongerEachTime) {
  NackPause pause;
  EXPECT_EQ(pause.OnRefused(Print(1)), seconds(0)) << "the first one";
  EXPECT_EQ(pause.OnRefused(Print(1)), milliseconds(200));
  EXPECT_EQ(pause.OnRefused(Print(1)), milliseconds(400));
  for (int i = 0; i < 10; ++i) pause.OnRefused(Print(1));
  EXPECT_EQ(pause.OnRefused(Print(1)), seconds(30));
}

TEST(NackPauseTest, R20AnotherResponseIsAnsweredAtOnce) {
  NackPause pause;
  pause.OnRefused(Print(1));
  pause.OnRefused(Print(1));
  EXPECT_TRUE(pause.Repeats(Print(1)));
  EXPECT_FALSE(pause.Repeats(Print(2)));
  EXPECT_EQ(pause.OnRefused(Print(2)), seconds(0));
  EXPECT_EQ(pause.OnRefused(Print(2)), milliseconds(200));
}

TEST(NackPauseTest, R20AnAcceptedResponseEndsIt) {
  NackPause pause;
  pause.OnRefused(Print(1));
  pause.OnRefused(Print(1));
  pause.OnAccepted();
  EXPECT_FALSE(pause.Repeats(Print(1)));
  EXPECT_EQ(pause.OnRefused(Print(1)), seconds(0));
}

TEST(NackPauseTest, R20NewNonsenseForEverIsSlowedDownAsWell) {
  NackPause pause;
  for (int i = 0; i < 10; ++i) EXPECT_EQ(pause.OnRefused(Print(i)), seconds(0)) << i;
  EXPECT_EQ(pause.OnRefused(Print(10)), milliseconds(200));
  EXPECT_EQ(pause.OnRefused(Print(11)), milliseconds(400));
}

}  // namespace
}  // namespace sluice::xds
