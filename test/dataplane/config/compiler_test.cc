// The bootstrap's own resources, whole compiles, and what is shared between two.
#include "dataplane/config/compiler.h"

#include <gtest/gtest.h>

#include "test/dataplane/config/resource_text.h"

namespace sluice::config {
namespace {

using envoy::config::bootstrap::v3::Bootstrap;

class CompilerTest : public testing::Test {
 protected:
  CompilerTest() { set.clusters["c"] = ClusterOf(StaticClusterText("c")); }

  std::shared_ptr<const Draft> Statics(const std::string& text) {
    bootstrap = FromText<Bootstrap>(text);
    return compiler.CompileStatics(errors);
  }
  Compiler::Result Compile() {
    return compiler.Compile(
        {.wanted = set, .mode = Compiler::Mode::kWhole, .revision = ++revision, .held = nullptr});
  }
  std::shared_ptr<const Draft> Must() {
    Compiler::Result result = Compile();
    EXPECT_EQ(ProblemLines(result.problems), std::vector<std::string>());
    return result.draft;
  }
  std::string Refusals() {
    const Compiler::Result result = Compile();
    EXPECT_EQ(result.draft, nullptr);
    std::string all;
    for (const std::string& line : ProblemLines(result.problems)) all += line + "\n";
    return all;
  }

  Bootstrap bootstrap;
  stats::HttpStatsRegistry stats{1};
  Compiler compiler{bootstrap, stats};
  ErrorList errors;
  ResourceSet set;
  uint64_t revision = 0;
};

TEST_F(CompilerTest, MakesADraftOfTheBootstrap) {
  const auto draft = Statics("static_resources { listeners { " + ListenerText("") +
                             " } clusters { " + StaticClusterText("b") + " } }");
  ASSERT_NE(draft, nullptr) << errors.ToStatus();
  EXPECT_EQ(draft->listeners.size(), 1u);
  ASSERT_EQ(draft->clusters->size(), 1u);
  EXPECT_EQ(draft->clusters->at(0)->endpoints.endpoints.size(), 1u);
}

TEST_F(CompilerTest, RefusesTakenNamesAndForeignPartsOfTheBootstrap) {
  EXPECT_EQ(Statics("static_resources { listeners { " + ListenerText("") + " } listeners { " +
                    ListenerText("") + " } clusters { " + StaticClusterText("b") +
                    " } clusters { " + StaticClusterText("b") +
                    " } } cluster_manager { local_cluster_name: 'b' } "
                    "dynamic_resources { cds_config { path: '/x' } }"),
            nullptr);
  std::string all;
  for (const std::string& line : Lines(errors)) all += line + "\n";
  EXPECT_NE(all.find("cluster_manager.local_cluster_name: not implemented yet"), std::string::npos) << all;
  EXPECT_NE(all.find("static_resources.listeners[1].name: 'web' is taken"), std::string::npos)
      << all;
  EXPECT_NE(all.find("static_resources.clusters[1].name: 'b' is taken"), std::string::npos) << all;
  EXPECT_NE(all.find("dynamic_resources.cds_config.path: not implemented"), std::string::npos)
      << all;
}

TEST_F(CompilerTest, TwoListenersOfTheBootstrapCannotHaveOneAddress) {
  std::string other = ListenerText("");
  other.replace(other.find("'web'"), 5, "'two'");
  EXPECT_EQ(Statics("static_resources { listeners { " + ListenerText("") + " } listeners { " +
                    other + " } }"),
            nullptr);
  EXPECT_EQ(Lines(errors),
            (std::vector<std::string>{"static_resources.listeners[1].address.socket_address: "
                                      "127.0.0.1:8080 is the address of listener 'web' already"}));
}

TEST_F(CompilerTest, JoinsWhatWasSentAndWhatTheBootstrapHolds) {
  Statics("static_resources { listeners { " + ListenerText("") + " } clusters { " +
          StaticClusterText("b") + " } } dynamic_resources { ads_config {} }");
  Put(set, ResourceType::kCluster, ClusterOf(EdsClusterText("e", "service")));
  Put(set, ResourceType::kRoute, RoutesOf(ForwardingRoutes("r", "e")));
  Put(set, ResourceType::kListener, ListenerOf(RdsListenerText("l", "r")));
  const auto draft = Must();
  ASSERT_NE(draft, nullptr);
  EXPECT_EQ(draft->revision, 1u);
  ASSERT_EQ(draft->clusters->size(), 3u);
  EXPECT_EQ(draft->clusters->at(2)->spec->eds_service_name, "service");
  ASSERT_EQ(draft->listeners.size(), 2u);
  EXPECT_EQ(draft->listeners[0]->name, "web");
  EXPECT_EQ(draft->listeners[1]->http->routes->options().name, "r");
  EXPECT_EQ(draft->resources.clusters.size(), 2u);
}

TEST_F(CompilerTest, RefusesWholeWithEveryProblemAndItsAuthor) {
  Statics("static_resources { clusters { " + StaticClusterText("b") + " } }");
  Put(set, ResourceType::kCluster, ClusterOf(StaticClusterText("b")));
  Put(set, ResourceType::kRoute,
      RoutesOf("name: 'r' virtual_hosts { name: 'h' domains: '*' routes { " + OriginText("bad") +
               " match { safe_regex { regex: '(' } } route { cluster: 'c' } } }"));
  Put(set, ResourceType::kListener, ListenerOf(RdsListenerText("l", "nowhere")));
  const Compiler::Result result = Compile();
  EXPECT_EQ(result.draft, nullptr);
  ASSERT_EQ(result.problems.size(), 3u);
  EXPECT_EQ(ProblemText(result.problems[0]),
            "Cluster 'b': name: is the name of a cluster of the bootstrap");
  EXPECT_EQ(result.problems[1].resource(), "r");
  EXPECT_EQ(result.problems[1].origin().name(), "team/bad");
  EXPECT_NE(ProblemText(result.problems[2])
                .find("rds.route_config_name: there is no route configuration 'nowhere'"),
            std::string::npos);
}

TEST_F(CompilerTest, AListenerIsNotBlamedForItsRoutes) {
  Put(set, ResourceType::kRoute,
      RoutesOf("name: 'r' virtual_hosts { name: 'h' domains: '*' routes { match { safe_regex { regex: "
               "'(' } } direct_response { status: 200 } } }"));
  Put(set, ResourceType::kListener, ListenerOf(RdsListenerText("l", "r")));
  const Compiler::Result result = Compile();
  EXPECT_EQ(result.draft, nullptr);
  ASSERT_EQ(result.problems.size(), 1u);
  EXPECT_EQ(result.problems[0].resource(), "r");
}

TEST_F(CompilerTest, RefusesAnAddressThatTwoListenersWant) {
  Put(set, ResourceType::kRoute, RoutesOf(AnsweringRoutes("r", "x")));
  Put(set, ResourceType::kListener, ListenerOf(RdsListenerText("a", "r", 8081)));
  Put(set, ResourceType::kListener, ListenerOf(RdsListenerText("b", "r", 8081)));
  EXPECT_EQ(Refusals(),
            "Listener 'b': address.socket_address: 127.0.0.1:8081 is the address of listener 'a' "
            "already\n");
}

TEST_F(CompilerTest, ClustersMustExistWhereTheTableAsksForIt) {
  Put(set, ResourceType::kRoute, RoutesOf(ForwardingRoutes("r", "absent")));
  EXPECT_NE(Must(), nullptr);
  Put(set, ResourceType::kRoute,
      RoutesOf(ForwardingRoutes("r", "absent", "validate_clusters { value: true }")));
  EXPECT_NE(Refusals().find("route.cluster: there is no cluster 'absent'"), std::string::npos);
}

TEST_F(CompilerTest, WhatDidNotChangeIsTheSameObject) {
  Put(set, ResourceType::kRoute, RoutesOf(AnsweringRoutes("r", "x")));
  Put(set, ResourceType::kRoute, RoutesOf(AnsweringRoutes("s", "x")));
  Put(set, ResourceType::kListener, ListenerOf(RdsListenerText("a", "r")));
  Put(set, ResourceType::kListener, ListenerOf(RdsListenerText("b", "s")));
  const auto one = Must();
  Put(set, ResourceType::kRoute, RoutesOf(AnsweringRoutes("s", "changed")));
  const auto two = Must();
  EXPECT_EQ(one->clusters, two->clusters);
  EXPECT_EQ(one->listeners[0], two->listeners[0]);
  EXPECT_NE(one->listeners[1], two->listeners[1]);
  Put(set, ResourceType::kCluster, ClusterOf(StaticClusterText("d")));
  const auto three = Must();
  EXPECT_NE(three->clusters, two->clusters);
  EXPECT_EQ(three->clusters->at(0), two->clusters->at(0));
  EXPECT_EQ(three->listeners[1], two->listeners[1]);
}

TEST_F(CompilerTest, ARefusedRevisionKeepsWhatWasGoodInIt) {
  Put(set, ResourceType::kRoute, RoutesOf(AnsweringRoutes("r", "x")));
  Put(set, ResourceType::kListener, ListenerOf(RdsListenerText("a", "r")));
  const auto one = Must();
  Put(set, ResourceType::kCluster, ClusterOf("name: 'bad' type: LOGICAL_DNS"));
  EXPECT_FALSE(Refusals().empty());
  set.clusters.erase("bad");
  const auto two = Must();
  EXPECT_EQ(one->listeners[0], two->listeners[0]);
  EXPECT_EQ(one->clusters, two->clusters);
}

}  // namespace
}  // namespace sluice::config
