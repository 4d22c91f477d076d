#include "controlplane/fleet/fleet.h"

#include <gtest/gtest.h>

#include "test/support/manual_clock.h"

namespace sluice::fleet {
namespace {

using sluice::v1::Proxy;
using sluice::v1::ProxyRefusal;

class FleetTest : public testing::Test {
 protected:
  void Connect(const std::string& id, const std::string& zone = "z1", Client client = Client::kCommitting) {
    Node node;
    node.id = id;
    node.zone = zone;
    node.client = client;
    node.labels = {{"tier", "edge"}};
    fleet_.Connected(node, "web@" + zone, {"web"});
  }
  void Refuse(const std::string& id, uint64_t revision) {
    ProxyRefusal refusal;
    refusal.set_revision(revision);
    refusal.set_reason("no");
    fleet_.Refused(id, {refusal});
  }

  test::ManualClock clock_;
  Fleet fleet_{clock_};
};

TEST_F(FleetTest, ListsWhoIsThereAndWhatItHolds) {
  Connect("b");
  Connect("a", "z2", Client::kStandardSotw);
  fleet_.Prepared("b", 3);
  fleet_.Served("b", 2, 4);
  fleet_.Served("nobody", 2, 4);
  const std::vector<Proxy> list = fleet_.List();
  ASSERT_EQ(list.size(), 2u);
  EXPECT_EQ(list[0].id(), "a");
  EXPECT_EQ(list[0].client(), Proxy::STANDARD_SOTW);
  EXPECT_EQ(list[1].group(), "web@z1");
  EXPECT_EQ(list[1].prepared(), 3u);
  EXPECT_EQ(list[1].served(), 2u);
  EXPECT_EQ(list[1].workers(), 4u);
  EXPECT_EQ(list[1].labels().at("tier"), "edge");
  EXPECT_EQ(list[1].since().seconds(), std::chrono::system_clock::to_time_t(clock_.WallNow()));
  EXPECT_EQ(fleet_.ProxiesPerZone(), (std::map<std::string, uint32_t>{{"z1", 1}, {"z2", 1}}));
}

TEST_F(FleetTest, ProgressCountsByZoneAndIsDoneWhenAllServe) {
  Connect("a", "z1");
  Connect("b", "z2");
  Connect("e", "z2", Client::kStandardDelta);
  fleet_.Decided(6);
  fleet_.Prepared("a", 5);
  fleet_.Served("b", 6, 2);  // a later one counts
  auto progress = fleet_.ProgressOf(5);
  EXPECT_EQ(progress.audience(), 2u);
  EXPECT_EQ(progress.prepared(), 2u);
  EXPECT_EQ(progress.served(), 1u);
  ASSERT_EQ(progress.zones_size(), 2);
  EXPECT_EQ(progress.zones(0).zone(), "z1");
  EXPECT_EQ(progress.zones(0).served(), 0u);
  EXPECT_EQ(progress.zones(1).served(), 1u);
  EXPECT_FALSE(progress.done());
  fleet_.Served("a", 5, 2);
  fleet_.Served("e", 5, 0);
  progress = fleet_.ProgressOf(5);
  EXPECT_TRUE(progress.done());
  EXPECT_TRUE(progress.all_served());
  EXPECT_EQ(progress.accepted(0), "e");
}

TEST_F(FleetTest, ARefusalEndsTheWaitAndStandsUntilAnotherAnswer) {
  Connect("a");
  Refuse("a", 5);
  // The vote may still end otherwise than by serving.
  EXPECT_FALSE(fleet_.ProgressOf(5).done());
  fleet_.Decided(5);
  auto progress = fleet_.ProgressOf(5);
  EXPECT_TRUE(progress.done());
  EXPECT_FALSE(progress.all_served());
  EXPECT_EQ(progress.refused(0).proxy(), "a");
  EXPECT_EQ(progress.refused(0).zone(), "z1");
  EXPECT_FALSE(fleet_.ProgressOf(6).done());
  EXPECT_EQ(fleet_.Refusals().size(), 1u);
  fleet_.Prepared("a", 6);
  EXPECT_TRUE(fleet_.Refusals().empty());
}

TEST_F(FleetTest, NothingIsServedBeforeItIsDecided) {
  Connect("a");
  fleet_.Served("a", 5, 2);  // nothing changes for it
  EXPECT_FALSE(fleet_.ProgressOf(5).done());
  EXPECT_FALSE(fleet_.ProgressOf(5).all_served());
  fleet_.Decided(5);
  EXPECT_TRUE(fleet_.ProgressOf(5).all_served());
}

TEST_F(FleetTest, TheSilentAreListedUntilTheyAnswerAndAreWaitedFor) {
  Connect("a");
  fleet_.Decided(5);
  fleet_.Silent("a", 5);
  EXPECT_EQ(fleet_.ProgressOf(5).silent(0), "a");
  EXPECT_FALSE(fleet_.ProgressOf(5).done());
  fleet_.Served("a", 5, 1);
  EXPECT_EQ(fleet_.ProgressOf(5).silent_size(), 0);
  EXPECT_TRUE(fleet_.ProgressOf(5).done());
}

TEST_F(FleetTest, TheAbsentAreListedNotWaitedForAndForgottenAfterADay) {
  Connect("a");
  Connect("e", "z1", Client::kStandardSotw);
  fleet_.Disconnected("a");
  fleet_.Disconnected("e");
  fleet_.Disconnected("nobody");
  fleet_.Decided(5);
  const auto progress = fleet_.ProgressOf(5);
  ASSERT_EQ(progress.absent_size(), 1);
  EXPECT_EQ(progress.absent(0), "a");
  EXPECT_TRUE(progress.done());
  EXPECT_TRUE(fleet_.ProxiesPerZone().empty());
  clock_.Advance(Fleet::kForget + std::chrono::seconds(1));
  Connect("b");
  ASSERT_EQ(fleet_.List().size(), 1u);
  EXPECT_EQ(fleet_.List()[0].id(), "b");
}

TEST_F(FleetTest, WhoComesBackHoldsNothingThatIsKnown) {
  Connect("a");
  fleet_.Served("a", 5, 2);
  fleet_.EndpointsSettled("a", 9);
  Refuse("a", 6);
  Connect("a");
  EXPECT_EQ(fleet_.List()[0].served(), 0u);
  EXPECT_TRUE(fleet_.Refusals().empty());
  EXPECT_FALSE(fleet_.EndpointProgressOf(9).done());
}

TEST_F(FleetTest, AWithdrawnRevisionIsDoneAndServedByNobody) {
  Connect("a");
  fleet_.Withdrawn(5, 0);
  EXPECT_FALSE(fleet_.ProgressOf(5).done());  // what takes its place is not known yet
  fleet_.Served("a", 6, 1);
  EXPECT_FALSE(fleet_.ProgressOf(5).all_served());
  fleet_.Withdrawn(5, 6);
  const auto progress = fleet_.ProgressOf(5);
  EXPECT_TRUE(progress.done());
  EXPECT_FALSE(progress.all_served());
  EXPECT_EQ(progress.withdrawn_for(), 6u);
}

TEST_F(FleetTest, EndpointChangesAreInUseWhereTheLogHasComeFarEnough) {
  Connect("a");
  Connect("b");
  Connect("e", "z1", Client::kStandardDelta);
  fleet_.EndpointsSettled("a", 9);
  fleet_.EndpointsSettled("a", 4);  // does not go back
  EXPECT_EQ(fleet_.EndpointProgressOf(9).served(), 1u);
  EXPECT_EQ(fleet_.EndpointProgressOf(9).audience(), 2u);
  EXPECT_FALSE(fleet_.EndpointProgressOf(9).done());
  fleet_.EndpointsSettled("b", 9);
  EXPECT_TRUE(fleet_.EndpointProgressOf(9).all_served());
}

TEST_F(FleetTest, NobodyWaitsForTheEndpointsOfAProxyThatIsTooOld) {
  Connect("a");
  Connect("old");
  fleet_.EndpointsSettled("a", 9);
  EXPECT_FALSE(fleet_.EndpointProgressOf(9).done());
  fleet_.TooOld("old", {ProxyRefusal()});
  EXPECT_TRUE(fleet_.EndpointProgressOf(9).done());
  EXPECT_EQ(fleet_.EndpointProgressOf(9).waiting_size(), 0);
}

TEST_F(FleetTest, ARevisionMayPutAProxyInAnotherGroup) {
  Connect("a");
  const uint64_t before = fleet_.changes();
  fleet_.Regrouped("a", "web@z1", {"web"});
  fleet_.Regrouped("nobody", "web@z1", {"web"});
  EXPECT_EQ(fleet_.changes(), before);
  fleet_.Regrouped("a", "edge+web@z1", {"edge", "web"});
  EXPECT_EQ(fleet_.changes(), before + 1);
  EXPECT_EQ(fleet_.List()[0].group(), "edge+web@z1");
  EXPECT_EQ(fleet_.List()[0].gateways_size(), 2);
}

TEST_F(FleetTest, WatchersHearOfEveryChangeAndMayLeaveMeanwhile) {
  int heard = 0;
  Fleet::WatchId second = 0;
  const Fleet::WatchId first = fleet_.Watch([&] {
    ++heard;
    fleet_.Unwatch(second);
  });
  second = fleet_.Watch([&] { heard += 100; });
  const uint64_t before = fleet_.changes();
  Connect("a");
  EXPECT_EQ(heard, 1);
  EXPECT_EQ(fleet_.changes(), before + 1);
  fleet_.Unwatch(first);
  fleet_.Prepared("a", 1);
  EXPECT_EQ(heard, 1);
}

TEST_F(FleetTest, WithoutProxiesARevisionIsServedOnceItIsDecided) {
  EXPECT_FALSE(fleet_.ProgressOf(1).done());
  fleet_.Decided(1);
  EXPECT_TRUE(fleet_.ProgressOf(1).all_served());
}

TEST_F(FleetTest, WhatAProxyHeldLastIsKnownUntilItIsForgotten) {
  Connect("a");
  Connect("b");
  fleet_.Served("a", 4, 2);
  fleet_.Served("b", 6, 2);
  fleet_.Disconnected("a");
  using Revisions = std::vector<uint64_t>;
  EXPECT_EQ(fleet_.Held(), (Revisions{6, 4}));
  fleet_.Disconnected("b");
  Connect("a");
  EXPECT_EQ(fleet_.Held(), (Revisions{4, 6}));  // who is connected comes first
  Connect("b");
  EXPECT_EQ(fleet_.Held(), (Revisions{6, 4}));
  fleet_.Served("a", 6, 2);
  EXPECT_EQ(fleet_.Held(), Revisions{6});
  fleet_.Disconnected("a");
  fleet_.Disconnected("b");
  clock_.Advance(Fleet::kForget + std::chrono::seconds(1));
  Connect("c");
  EXPECT_TRUE(fleet_.Held().empty());
}

TEST_F(FleetTest, WhoIsNotThereYetIsNamedUpToAHundred) {
  for (int i = 0; i < 120; ++i) Connect("p" + std::to_string(1000 + i));
  Connect("e", "z1", Client::kStandardDelta);
  fleet_.Served("p1000", 5, 2);
  Refuse("p1001", 5);
  fleet_.Decided(5);
  fleet_.EndpointsSettled("p1000", 9);
  EXPECT_EQ(fleet_.ProgressOf(5).waiting_size(), 100);
  EXPECT_EQ(fleet_.ProgressOf(5).waiting(0), "p1002");
  EXPECT_EQ(fleet_.EndpointProgressOf(9).waiting_size(), 100);
  EXPECT_EQ(fleet_.EndpointProgressOf(9).waiting(0), "p1001");
}

}  // namespace
}  // namespace sluice::fleet
