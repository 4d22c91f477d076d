#include "controlplane/rollout/rollout.h"

#include <gtest/gtest.h>

#include "test/controlplane/rollout/fleet_of_fakes.h"

namespace sluice::rollout {
namespace {

using fleet::Client;

using InUseTest = RolloutTest;

TEST_F(InUseTest, WhatIsUnderVoteAndWhatARefuserServesIsInUse) {
  using Numbers = std::vector<uint64_t>;
  Begin(1);
  auto a = Serving("a"), b = Serving("b");
  EXPECT_EQ(InUse(), Numbers{1});
  rollout_->Publish(View(2));
  EXPECT_EQ(InUse(), (Numbers{1, 2}));
  rollout_->Publish(View(3));
  EXPECT_EQ(InUse(), (Numbers{1, 2, 3}));
  a->Refuses(2);
  b->Prepared(2);
  EXPECT_EQ(InUse(), (Numbers{2, 3, 1}));
  b->Served(2);
  a->Refuses(3);
  b->Prepared(3);
  b->Served(3);
  EXPECT_EQ(InUse(), (Numbers{3, 1}));
  a.reset();  // it serves on
  a = Join("a");
  EXPECT_EQ(InUse(), (Numbers{3, 1}));
  Pass(Rollout::kGather);
  const int before = in_use_changed_;
  a->Prepared(3);
  a->Served(3);
  EXPECT_EQ(InUse(), Numbers{3});
  Pass(Rollout::kGather);
  EXPECT_EQ(in_use_changed_, before + 1);
  auto c = Serving("c");  // nothing new
  Pass(Rollout::kGather);
  EXPECT_EQ(in_use_changed_, before + 1);
}

TEST_F(InUseTest, OfManyOlderRevisionsTheNewestAreInUse) {
  Begin(20);
  std::vector<std::unique_ptr<FakeLink>> links;
  for (int i = 1; i <= 12; ++i) {
    links.push_back(Join("p" + std::to_string(i)));
    fleet_.Served("p" + std::to_string(i), i, 2);
  }
  EXPECT_EQ(InUse(), (std::vector<uint64_t>{20, 12, 11, 10, 9, 8, 7, 6, 5}));
  auto refuser = std::move(links.front());
  links.clear();
  EXPECT_EQ(InUse(), (std::vector<uint64_t>{20, 12, 11, 10, 9, 8, 7, 6, 1}));  // who is there comes first
  Pass(Rollout::kGather);
  EXPECT_EQ(told_in_use_, InUse());
}

TEST_F(InUseTest, WhatAStandardClientNoLongerHoldsIsSaidSoon) {
  Begin(1);
  auto envoy = Join("e", Client::kStandardDelta);
  envoy->Served(1);
  Pass(Rollout::kGather);
  rollout_->Publish(View(2, 1));  // nothing changes for it
  EXPECT_EQ(InUse(), std::vector<uint64_t>{2});
  Pass(Rollout::kGather);
  EXPECT_EQ(told_in_use_, std::vector<uint64_t>{2});
}

}  // namespace
}  // namespace sluice::rollout
