#include "controlplane/main/start_state.h"

#include <gtest/gtest.h>

#include "controlplane/revision/history.h"
#include "controlplane/store/commit.h"
#include "controlplane/store/memory_store.h"
#include "test/controlplane/model/fixtures.h"

namespace sluice::main {
namespace {

class StartStateTest : public testing::Test {
 protected:
  // The next revision: one Service more.
  void Write() {
    const uint64_t head = *store_.Head();
    const std::string name = "shop/s" + std::to_string(head + 1);
    const auto object = model::Obj("Service", name, "service { registered {} }");
    ASSERT_TRUE(
        store::Commit(store_, head, {}, std::vector{store::Write{{"Service", name}, revision::StoredBytes(*object)}})
            .ok());
  }
  static size_t Objects(const revision::ViewRef& view) { return view->config().objects().size(); }

  store::MemoryStore store_;
};

TEST_F(StartStateTest, AnEmptyStoreHasNothing) {
  const StartState state = *ReadStartState(store_);
  EXPECT_EQ(state.live->number(), 0u);
  EXPECT_EQ(state.head, state.live);
  EXPECT_FALSE(state.head_withdrawn);
}

TEST_F(StartStateTest, AHeadThatNobodyDecidedIsNotLive) {
  Write();
  StartState state = *ReadStartState(store_);
  EXPECT_EQ(state.live->number(), 0u);
  EXPECT_EQ(Objects(state.live), 0u);
  EXPECT_EQ(state.head->number(), 1u);
  EXPECT_EQ(Objects(state.head), 1u);
  EXPECT_FALSE(state.head_withdrawn);
  ASSERT_TRUE(store_.SetTarget(kAllGroups, 1).ok());
  Write();
  state = *ReadStartState(store_);
  EXPECT_EQ(state.live->number(), 1u);
  EXPECT_EQ(Objects(state.live), 1u);
  EXPECT_EQ(state.head->number(), 2u);
}

TEST_F(StartStateTest, WhatWasDecidedIsLive) {
  Write();
  ASSERT_TRUE(store_.SetTarget(kAllGroups, 1).ok());
  const StartState state = *ReadStartState(store_);
  EXPECT_EQ(state.live->number(), 1u);
  EXPECT_EQ(state.head, state.live);
}

TEST_F(StartStateTest, AHeadThatWasDecidedAgainstIsKnownAsSuch) {
  Write();
  ASSERT_TRUE(store_.SetTarget(kAllGroups, 1).ok());
  Write();
  ASSERT_TRUE(store_.MarkWithdrawn(2).ok());
  const StartState state = *ReadStartState(store_);
  EXPECT_EQ(state.live->number(), 1u);
  EXPECT_TRUE(state.head_withdrawn);
}

}  // namespace
}  // namespace sluice::main
