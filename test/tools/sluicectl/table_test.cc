#include "tools/sluicectl/table.h"

#include <gtest/gtest.h>

namespace sluice::ctl {
namespace {

TEST(TableTest, AlignsColumnsAndTrimsLines) {
  EXPECT_EQ(Table({{"NAME", "REV", "LABELS"}, {"shop/cart", "1", ""}, {"a", "12", "x=y"}}),
            "NAME       REV  LABELS\n"
            "shop/cart  1\n"
            "a          12   x=y\n");
}

TEST(TableTest, CountsLettersAndNotBytes) {
  EXPECT_EQ(Table({{"ä", "b"}, {"cc", "d"}}), "ä   b\ncc  d\n");
}

TEST(TableTest, AgesInTheLargestUnit) {
  EXPECT_EQ(Age(-5), "0s");
  EXPECT_EQ(Age(59), "59s");
  EXPECT_EQ(Age(61), "1m");
  EXPECT_EQ(Age(7200), "2h");
  EXPECT_EQ(Age(200000), "2d");
}

}  // namespace
}  // namespace sluice::ctl
