#include "dataplane/base/check.h"

#include <gtest/gtest.h>

namespace sluice::base {
namespace {

TEST(CheckTest, PassesWhatHolds) { Check(true, "never shown"); }

TEST(CheckDeathTest, StopsTheProcessAndNamesTheInvariant) {
  EXPECT_DEATH(Check(false, "water is wet"), "sluice: broken invariant: water is wet");
}

}  // namespace
}  // namespace sluice::base
