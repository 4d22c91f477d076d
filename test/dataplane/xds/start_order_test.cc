#include "dataplane/xds/start_order.h"

#include <gtest/gtest.h>

namespace sluice::xds {
namespace {

using Step = StartOrder::Step;

TEST(StartOrderTest, R64OneStepAfterTheOther) {
  StartOrder order;
  StartOrder::Progress progress;
  EXPECT_FALSE(order.Advance(progress));
  progress.listeners = progress.routes = true;
  EXPECT_FALSE(order.Advance(progress)) << "clusters come first";
  progress.clusters = true;
  EXPECT_TRUE(order.Advance(progress));
  EXPECT_EQ(order.step(), Step::kEndpoints);
  EXPECT_FALSE(order.WantsListeners());
  EXPECT_FALSE(order.Advance(progress));
  progress.endpoints = true;
  EXPECT_TRUE(order.Advance(progress));
  EXPECT_TRUE(order.WantsListeners());
  EXPECT_TRUE(order.Advance(progress));
  EXPECT_TRUE(order.Advance(progress));
  EXPECT_TRUE(order.done());
  EXPECT_FALSE(order.Advance(progress));
}

TEST(StartOrderTest, R55AStepThatTakesTooLongIsSkipped) {
  StartOrder order;
  order.Expire(true);
  EXPECT_EQ(order.step(), Step::kEndpoints);
  order.Expire(true);
  order.Expire(true);
  order.Expire(true);
  EXPECT_TRUE(order.done());
  order.Expire(true);
  EXPECT_TRUE(order.done());
}

TEST(StartOrderTest, R55AServerThatNeverSpokeIsWaitedForOnce) {
  StartOrder order;
  order.Expire(false);
  EXPECT_TRUE(order.done());
}

}  // namespace
}  // namespace sluice::xds
