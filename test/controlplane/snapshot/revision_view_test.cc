#include "controlplane/snapshot/revision_view.h"

#include <gtest/gtest.h>

#include <thread>

#include "test/controlplane/model/fixtures.h"

namespace sluice::snapshot {
namespace {

using compile::ClientClass;
using model::Obj;
using Names = std::vector<std::string>;
using ViewRef = std::shared_ptr<const RevisionView>;

// ShopConfig and a Gateway "edge" on port 81 for proxies with tier=edge.
model::Config TwoGateways() {
  return model::ShopConfigWith({Obj("Gateway", "edge", R"(gateway {
      listeners { port: 81 } hosts: "edge.test" proxy_selector { key: "tier" value: "edge" }
      admits { team: "*" } })")});
}

ViewRef View(uint64_t number, model::Config config, ViewRef previous = nullptr) {
  return std::make_shared<const RevisionView>(number, std::move(config), std::move(previous));
}

model::Config WithRoute(const model::Config& config, const std::string& prefix) {
  return config.With(
      {Obj("Route", "shop/list",
           "route { api: 'shop/api' match { prefix: '" + prefix + "' } forward { service: 'shop/backend' } }")},
      {});
}

TEST(RevisionViewTest, AnEmptySelectorTakesAllAndAnotherThoseThatHaveEveryLabel) {
  const ViewRef view = View(1, TwoGateways());
  EXPECT_EQ(view->GatewaysOf({}), Names{"web"});
  EXPECT_EQ(view->GatewaysOf({{"tier", "inner"}}), Names{"web"});
  EXPECT_EQ(view->GatewaysOf({{"tier", "edge"}, {"more", "x"}}), (Names{"edge", "web"}));
}

TEST(RevisionViewTest, TheGroupIsGatewaysZoneAndClass) {
  const ViewRef view = View(1, TwoGateways());
  const Member member{.labels = {{"tier", "edge"}}, .zone = "z1", .client = ClientClass::kStandard};
  EXPECT_EQ(GroupName(view->GroupOf(member)), "edge+web@z1/standard");
  EXPECT_EQ(GroupName({.gateways = {}, .zone = "", .client = ClientClass::kCommitting}), "@");
  EXPECT_EQ(view->For(member)->group(), "edge+web@z1/standard");
  EXPECT_EQ(view->For(member)->revision(), 1u);
}

TEST(RevisionViewTest, AGroupHoldsItsGatewaysOnlyAndIsMadeOnce) {
  const ViewRef view = View(3, TwoGateways());
  const GroupSnapshotRef all = view->For({.labels = {{"tier", "edge"}}, .zone = ""});
  const GroupSnapshotRef web = view->For({.labels = {}, .zone = ""});
  EXPECT_EQ(all->of(Type::kListener).size(), 2u);
  EXPECT_EQ(web->of(Type::kListener).size(), 1u);
  EXPECT_EQ(web->of(Type::kCluster).size(), 1u);
  EXPECT_EQ(view->For({.labels = {{"x", "y"}}, .zone = ""}), web);
}

TEST(RevisionViewTest, ZonesAndClassesOfClientsShareTheirResources) {
  const ViewRef view = View(1, TwoGateways());
  const GroupSnapshotRef here = view->For({.labels = {}, .zone = "z1"});
  const GroupSnapshotRef there = view->For({.labels = {}, .zone = "z2", .client = ClientClass::kStandard});
  EXPECT_NE(here, there);
  EXPECT_TRUE(here->SameContent(*there));
  EXPECT_EQ(here->of(Type::kRoute).begin()->second, there->of(Type::kRoute).begin()->second);
}

TEST(RevisionViewTest, WhatDoesNotChangeIsTakenFromTheRevisionBefore) {
  const Member member{.labels = {}, .zone = "z"};
  const ViewRef first = View(1, TwoGateways());
  const GroupSnapshotRef before = first->For(member);
  const ViewRef second = View(2, WithRoute(first->config(), "/other"), first);
  const GroupSnapshotRef after = second->For(member);
  EXPECT_FALSE(after->SameContent(*before));
  EXPECT_EQ(after->of(Type::kCluster), before->of(Type::kCluster));
  EXPECT_EQ(after->of(Type::kListener), before->of(Type::kListener));
  EXPECT_NE(after->of(Type::kRoute), before->of(Type::kRoute));
}

TEST(RevisionViewTest, KnowsTheObjectThatAPartOfAResourceWasMadeFrom) {
  const ViewRef view = View(1, TwoGateways());
  EXPECT_FALSE(view->OriginOf(compile::kClusterType, "shop/backend", "lb_policy"));  // nothing was compiled yet
  (void)view->For({.labels = {}, .zone = "z"});
  const auto origin = view->OriginOf(compile::kClusterType, "shop/backend", "lb_policy");
  ASSERT_TRUE(origin.has_value());
  EXPECT_EQ(origin->object, (model::ObjectKey{"Service", "shop/backend"}));
  EXPECT_FALSE(view->OriginOf(compile::kClusterType, "shop/none", ""));
  EXPECT_FALSE(view->OriginOf("type.googleapis.com/x.Y", "shop/backend", ""));
}

TEST(RevisionViewTest, AnOldRevisionIsLetGoOf) {
  ViewRef first = View(1, TwoGateways());
  const std::weak_ptr<const RevisionView> watch = first;
  const ViewRef second = View(2, WithRoute(first->config(), "/a"), first);
  first.reset();
  EXPECT_FALSE(watch.expired());
  const ViewRef third = View(3, WithRoute(second->config(), "/b"), second);
  EXPECT_TRUE(watch.expired());
}

TEST(RevisionViewTest, ThreadsThatAskAtOnceGetTheSame) {
  const ViewRef first = View(1, TwoGateways());
  const ViewRef second = View(2, WithRoute(first->config(), "/a"), first);
  std::vector<GroupSnapshotRef> got(8);
  std::vector<std::thread> threads;
  for (size_t i = 0; i < got.size(); ++i) {
    threads.emplace_back([&, i] {
      (void)first->For({.labels = {}, .zone = "z"});
      got[i] = second->For({.labels = {}, .zone = "z"});
    });
  }
  for (std::thread& thread : threads) thread.join();
  for (const GroupSnapshotRef& one : got) EXPECT_EQ(one, got[0]);
}

}  // namespace
}  // namespace sluice::snapshot
