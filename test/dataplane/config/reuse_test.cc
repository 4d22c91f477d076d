#include "dataplane/config/reuse.h"

#include <gtest/gtest.h>

namespace sluice::config {
namespace {

constexpr std::array<uint8_t, 32> kOne{1}, kTwo{2};

TEST(ReuseTest, FindsWhatWasMadeOfTheSameContent) {
  Reuse<int> reuse;
  reuse.Keep("a", kOne, 1);
  EXPECT_EQ(reuse.Find("a", kOne), nullptr) << "not before the round ends";
  reuse.EndRound();
  ASSERT_NE(reuse.Find("a", kOne), nullptr);
  EXPECT_EQ(*reuse.Find("a", kOne), 1);
  EXPECT_EQ(reuse.Find("a", kTwo), nullptr);
  EXPECT_EQ(reuse.Find("b", kOne), nullptr);
}

TEST(ReuseTest, ForgetsWhatARoundDidNotKeep) {
  Reuse<int> reuse;
  reuse.Keep("a", kOne, 1);
  reuse.EndRound();
  reuse.Keep("b", kOne, 2);
  reuse.EndRound();
  EXPECT_EQ(reuse.Find("a", kOne), nullptr);
  EXPECT_NE(reuse.Find("b", kOne), nullptr);
}

TEST(ReuseTest, AnAbandonedRoundAddsToTheLast) {
  Reuse<int> reuse;
  reuse.Keep("a", kOne, 1);
  reuse.Keep("c", kOne, 3);
  reuse.EndRound();
  reuse.Keep("a", kTwo, 2);
  reuse.AbandonRound();
  EXPECT_EQ(*reuse.Find("a", kTwo), 2);
  EXPECT_EQ(*reuse.Find("c", kOne), 3);
}

}  // namespace
}  // namespace sluice::config
