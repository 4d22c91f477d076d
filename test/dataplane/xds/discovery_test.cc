// Streams, requests and the order of start-up; what becomes of responses is in
// discovery_responses_test.cc.
#include "dataplane/xds/discovery.h"

#include <gtest/gtest.h>

#include "test/dataplane/xds/discovery_world.h"

namespace sluice::xds {
namespace {

using std::chrono::seconds;

class SotwDiscoveryTest : public testing::Test, public DiscoveryWorld {
 protected:
  SotwDiscoveryTest() : DiscoveryWorld(Variant::kSotw) {}
};
class DeltaDiscoveryTest : public testing::Test, public DiscoveryWorld {
 protected:
  DeltaDiscoveryTest() : DiscoveryWorld(Variant::kDelta) {}
};

TEST_F(SotwDiscoveryTest, R64FetchesClustersThenEndpointsThenListenersThenRoutes) {
  Start();
  EXPECT_EQ(Requests(), "CDS - -");
  EXPECT_EQ(last_node.id(), "edge-1") << "R3";
  Respond(Sotw(kCds, "c1", "1", {"a@ea", "b"}));
  EXPECT_EQ(Requests(), "CDS c1 1\nEDS - - ea");
  EXPECT_EQ(last_node.id(), "");
  Respond(Sotw(kEds, "e1", "2", {"ea"}));
  EXPECT_EQ(Requests(), "EDS e1 2 ea\nLDS - -");
  EXPECT_EQ(initial_fetches, 0);
  Respond(Sotw(kLds, "l1", "3", {"web@r"}));
  EXPECT_EQ(Requests(), "LDS l1 3\nRDS - - r");
  Respond(Sotw(kRds, "r1", "4", {"r"}));
  EXPECT_EQ(Requests(), "RDS r1 4 r");
  EXPECT_EQ(initial_fetches, 1);
  EXPECT_EQ(consumer.calls, (NameList{"clusters +a +b", "endpoints +ea", "listeners +web",
                                      "routes +r"}));
}

TEST_F(SotwDiscoveryTest, R64AnEmptyConfigurationStartsToo) {
  Start();
  Respond(Sotw(kCds, "c1", "1", {}));
  Respond(Sotw(kLds, "l1", "2", {}));
  Respond(Sotw(kLds, "l2", "3", {}));
  EXPECT_EQ(Requests(), "CDS - -\nCDS c1 1\nLDS - -\nLDS l1 2\nLDS l2 3");
  EXPECT_EQ(consumer.calls, (NameList{"clusters", "listeners"})) << "each once";
  EXPECT_EQ(initial_fetches, 1);
}

TEST_F(SotwDiscoveryTest, R55EachStepHasItsTimeAndALateArrivalIsApplied) {
  Start();
  Respond(Sotw(kCds, "c1", "1", {"a@ea"}));
  Requests();
  Wait(seconds(14));
  EXPECT_EQ(Requests(), "");
  Wait(seconds(1));
  EXPECT_EQ(Requests(), "LDS - -") << "without the endpoints";
  Respond(Sotw(kLds, "l1", "2", {}));
  EXPECT_EQ(initial_fetches, 1);
  Respond(Sotw(kEds, "e1", "3", {"ea"}));
  EXPECT_EQ(consumer.Names(config::ResourceType::kEndpoint), "ea");
}

TEST_F(SotwDiscoveryTest, R55AnUnreachableServerIsWaitedForOnce) {
  Make();
  discovery->Start();
  Wait(seconds(15));
  EXPECT_EQ(initial_fetches, 1);
  EXPECT_EQ(record.stats.of(kCds).init_fetch_timeout.value(), 1u);
  Wait(seconds(60));
  EXPECT_EQ(initial_fetches, 1);
}

TEST_F(SotwDiscoveryTest, R55ZeroWaitsForEver) {
  options.initial_fetch_timeout = seconds(0);
  Start();
  Wait(seconds(3600));
  EXPECT_EQ(initial_fetches, 0);
}

TEST_F(SotwDiscoveryTest, R8ANewStreamRepeatsNamesAndVersionsAtOnce) {
  Start();
  Respond(Sotw(kCds, "c1", "1", {"a@ea"}));
  Respond(Sotw(kEds, "e1", "2", {"ea"}));
  Respond(Sotw(kLds, "l1", "3", {"web@r"}));
  Respond(Sotw(kRds, "r1", "4", {"r"}));
  Requests();
  Reconnect();
  EXPECT_EQ(Requests(), "CDS c1 -\nEDS e1 - ea\nLDS l1 -\nRDS r1 - r");
}

TEST_F(DeltaDiscoveryTest, R42ANewStreamSaysWhatIsHeld) {
  Start();
  EXPECT_EQ(Requests(), "CDS");
  Respond(Delta(kCds, "1", "7", {"a@ea", "b"}));
  Respond(Delta(kEds, "2", "8", {"ea"}));
  Respond(Delta(kLds, "3", "9", {"web@r"}));
  EXPECT_EQ(Requests(), "CDS 1\nEDS +ea\nEDS 2\nLDS\nLDS 3\nRDS +r");
  Reconnect();
  EXPECT_EQ(Requests(), "CDS a=7 b=7\nEDS +ea ea=8\nLDS web=9\nRDS +r");
}

TEST_F(DeltaDiscoveryTest, R45ANameThatDoesNotExistIsNotWaitedFor) {
  Start();
  Respond(Delta(kCds, "1", "1", {"a@ea"}));
  DeltaMessage gone = Delta(kEds, "2");
  gone.add_removed_resources("ea");
  Respond(gone);
  EXPECT_EQ(Requests(), "CDS\nCDS 1\nEDS +ea\nEDS 2\nLDS");
  EXPECT_EQ(consumer.calls, NameList{"clusters +a"}) << "R51";
}

TEST_F(DeltaDiscoveryTest, R56ASilentServerIsTakenAtItsSilenceAfterFifteenSeconds) {
  options.initial_fetch_timeout = seconds(0);
  Start();
  Respond(Delta(kCds, "1", "1", {"a@ea"}));
  Requests();
  Wait(seconds(15));
  EXPECT_EQ(Requests(), "LDS");
  EXPECT_EQ(record.stats.of(kEds).names_absent.value(), 1u);
}

TEST_F(DeltaDiscoveryTest, R63EndpointsAreAskedForOnceTheClustersAreApplied) {
  consumer.answers = false;
  Start();
  Respond(Delta(kCds, "1", "1", {"a@ea"}));
  Respond(Delta(kCds, "2", "2", {"b@eb"}));
  EXPECT_EQ(Requests(), "CDS");
  consumer.AnswerAll();
  consumer.AnswerAll();
  EXPECT_EQ(Requests(), "CDS 1\nCDS 2\nEDS +ea +eb") << "one request for both";
}

TEST_F(DeltaDiscoveryTest, WhatTheBootstrapRefersToIsAskedForAndKept) {
  options.static_assignments = {"es"};
  options.static_routes = {"rs"};
  Start();
  Respond(Delta(kCds, "1", "1", {"a@ea"}));
  std::string all = Requests();
  DeltaMessage gone = Delta(kCds, "2");
  gone.add_removed_resources("a");
  Respond(gone);
  Respond(Delta(kEds, "3", "1", {"es"}));
  Respond(Delta(kLds, "4", "1", {"web@r"}));
  all += "\n" + Requests();
  EXPECT_NE(all.find("+es"), std::string::npos) << all;
  EXPECT_NE(all.find("+rs"), std::string::npos) << all;
  EXPECT_EQ(all.find("-es"), std::string::npos) << all;
  EXPECT_NE(all.find("-ea"), std::string::npos) << all;
}

TEST_F(DeltaDiscoveryTest, AClusterThatGoesTakesItsEndpointsWithIt) {
  Start();
  Respond(Delta(kCds, "1", "1", {"a@ea", "b@eb"}));
  Respond(Delta(kEds, "2", "1", {"ea", "eb"}));
  Requests();
  DeltaMessage gone = Delta(kCds, "3");
  gone.add_removed_resources("a");
  Respond(gone);
  EXPECT_EQ(Requests(), "CDS 3\nEDS -ea");
}

TEST_F(DeltaDiscoveryTest, R79SaysWhatItIsDoing) {
  Start();
  EXPECT_EQ(record.stats.connected_state.value(), 0);
  DeltaMessage message = Delta(kCds, "1", "1", {"a"});
  message.mutable_control_plane()->set_identifier("cp-1");
  message.set_system_version_info("v7");
  Respond(message);
  EXPECT_EQ(record.stats.connected_state.value(), 1);
  EXPECT_EQ(record.stats.of(kCds).update_success.value(), 1u);
  EXPECT_EQ(record.stats.of(kCds).resources.value(), 1);
  EXPECT_EQ(record.status().identifier, "cp-1");
  EXPECT_EQ(record.status().versions[0], "v7");
  discovery->OnStreamLost();
  EXPECT_EQ(record.stats.connected_state.value(), 0);
  EXPECT_FALSE(record.status().connected);
}

}  // namespace
}  // namespace sluice::xds
