// A standard server (xds.md R30, R55, R59): what is good serves, what is bad keeps its held copy.
#include <gtest/gtest.h>

#include "test/dataplane/config/resource_text.h"

namespace sluice::config {
namespace {

class CompilerKeepGoodTest : public testing::Test {
 protected:
  CompilerKeepGoodTest() {
    ErrorList errors;
    held = compiler.CompileStatics(errors);
  }
  // Compiles `set`; what was accepted is held from now on.
  std::vector<std::string> Apply(std::set<std::string> given_up = {},
                                 std::set<std::string> unbound = {}) {
    Compiler::Result result = compiler.Compile({.wanted = set,
                                                .mode = Compiler::Mode::kKeepGood,
                                                .revision = 0,
                                                .held = held,
                                                .unbound = std::move(unbound),
                                                .given_up = std::move(given_up)});
    held = result.draft;
    set = held->resources;
    return ProblemLines(result.problems);
  }
  void PutRoutes(const std::string& text) { Put(set, ResourceType::kRoute, RoutesOf(text)); }
  void PutListener(const std::string& text) { Put(set, ResourceType::kListener, ListenerOf(text)); }

  envoy::config::bootstrap::v3::Bootstrap bootstrap;
  stats::HttpStatsRegistry stats{1};
  Compiler compiler{bootstrap, stats};
  std::shared_ptr<const Draft> held;
  ResourceSet set;
};

TEST_F(CompilerKeepGoodTest, ABadOneLeavesTheOthersAndItsHeldCopyAlone) {
  Put(set, ResourceType::kCluster, ClusterOf(StaticClusterText("a")));
  EXPECT_TRUE(Apply().empty());
  const auto before = held->clusters->at(0);
  Put(set, ResourceType::kCluster, ClusterOf("name: 'a' type: LOGICAL_DNS"));
  Put(set, ResourceType::kCluster, ClusterOf("name: 'b' type: LOGICAL_DNS"));
  Put(set, ResourceType::kCluster, ClusterOf(StaticClusterText("c")));
  EXPECT_EQ(Apply().size(), 2u);
  ASSERT_EQ(held->clusters->size(), 2u);
  EXPECT_EQ(held->clusters->at(0), before);
  EXPECT_EQ(held->clusters->at(1)->spec->name, "c");
}

TEST_F(CompilerKeepGoodTest, AListenerWaitsForItsRoutes) {
  PutListener(RdsListenerText("l", "r"));
  EXPECT_TRUE(Apply().empty());
  EXPECT_TRUE(held->listeners.empty());
  EXPECT_EQ(held->waiting_listeners, std::vector<std::string>{"l"});
  EXPECT_EQ(held->missing_routes, std::vector<std::string>{"r"});
  PutRoutes(AnsweringRoutes("r", "x"));
  EXPECT_TRUE(Apply().empty());
  ASSERT_EQ(held->listeners.size(), 1u);
  EXPECT_TRUE(held->missing_routes.empty());
}

TEST_F(CompilerKeepGoodTest, TheOldListenerServesWhileTheNewOneWaits) {
  PutListener(RdsListenerText("l", "r"));
  PutRoutes(AnsweringRoutes("r", "x"));
  EXPECT_TRUE(Apply().empty());
  const auto old = held->listeners.at(0);
  PutListener(RdsListenerText("l", "s"));
  EXPECT_TRUE(Apply().empty());
  EXPECT_EQ(held->listeners, (std::vector{old}));
  EXPECT_EQ(held->missing_routes, std::vector<std::string>{"s"});
  // Removed routes are no reason to stop serving either.
  set.routes.clear();
  EXPECT_TRUE(Apply().empty());
  EXPECT_EQ(held->listeners, (std::vector{old}));
}

TEST_F(CompilerKeepGoodTest, AfterTheWaitItServesWithoutRoutes) {
  PutListener(RdsListenerText("l", "r"));
  EXPECT_TRUE(Apply({"r"}).empty());
  ASSERT_EQ(held->listeners.size(), 1u);
  EXPECT_TRUE(held->listeners[0]->http->routes->hosts().empty());
  PutRoutes(AnsweringRoutes("r", "x"));
  EXPECT_TRUE(Apply({"r"}).empty());
  EXPECT_EQ(held->listeners.at(0)->http->routes->hosts().size(), 1u);
}

TEST_F(CompilerKeepGoodTest, AListenerThatCannotBeBoundKeepsItsHeldCopy) {
  PutRoutes(AnsweringRoutes("r", "x"));
  PutListener(RdsListenerText("l", "r", 8081));
  EXPECT_TRUE(Apply().empty());
  PutListener(RdsListenerText("l", "r", 8082));
  PutListener(RdsListenerText("m", "r", 8083));
  EXPECT_TRUE(Apply({}, {"l", "m"}).empty());
  ASSERT_EQ(held->listeners.size(), 1u);
  EXPECT_EQ(held->listeners[0]->address.port(), 8081);
}

TEST_F(CompilerKeepGoodTest, WhoServesAnAddressKeepsIt) {
  PutRoutes(AnsweringRoutes("r", "x"));
  PutListener(RdsListenerText("m", "r", 8081));
  EXPECT_TRUE(Apply().empty());
  PutListener(RdsListenerText("a", "r", 8081));
  EXPECT_EQ(Apply(),
            std::vector<std::string>{"Listener 'a': address.socket_address: 127.0.0.1:8081 is the "
                                     "address of listener 'm' already"});
  ASSERT_EQ(held->listeners.size(), 1u);
  EXPECT_EQ(held->listeners[0]->name, "m");
  // Two may change places in one update.
  PutListener(RdsListenerText("b", "r", 8082));
  EXPECT_TRUE(Apply().empty());
  PutListener(RdsListenerText("b", "r", 8081));
  PutListener(RdsListenerText("m", "r", 8082));
  EXPECT_TRUE(Apply().empty());
}

TEST_F(CompilerKeepGoodTest, ALeavingClusterTakesNoAcceptedRoutesWithIt) {
  Put(set, ResourceType::kCluster, ClusterOf(StaticClusterText("c")));
  PutRoutes(ForwardingRoutes("r", "c", "validate_clusters { value: true }"));
  EXPECT_TRUE(Apply().empty());
  set.clusters.clear();
  EXPECT_TRUE(Apply().empty());
  EXPECT_EQ(held->resources.routes.size(), 1u);
  PutRoutes(ForwardingRoutes("r", "d", "validate_clusters { value: true }"));
  EXPECT_EQ(Apply().size(), 1u);
}

}  // namespace
}  // namespace sluice::config
