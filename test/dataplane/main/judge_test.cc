#include "dataplane/main/judge.h"

#include "test/dataplane/main/live_world.h"

namespace sluice::main {
namespace {

using config::Problem;
using config::ResourceType;
using xds::v1::CommitReport;

class JudgeTest : public testing::Test {
 protected:
  CommitReport Prepare(const config::ResourceSet& set) {
    std::optional<CommitReport> answer;
    judge.Prepare(LiveWorld::RevisionOf(7, set),
                  [&](CommitReport report) { answer = std::move(report); });
    loop.RunUntilIdle();
    return answer.value();
  }
  std::vector<std::string> Apply(ResourceType type, std::vector<config::ResourceRef> changed) {
    std::optional<config::Problems> answer;
    const auto done = [&](config::Problems problems) { answer = std::move(problems); };
    if (type == ResourceType::kEndpoint) {
      judge.ApplyEndpoints(LiveWorld::Change(type, std::move(changed)), done);
    } else {
      judge.ApplyTypes(LiveWorld::Change(type, std::move(changed)), done);
    }
    loop.RunUntilIdle();
    return config::ProblemLines(answer.value());
  }

  test::ManualClock clock;
  event::Loop loop{clock};
  envoy::config::bootstrap::v3::Bootstrap bootstrap;
  stats::HttpStatsRegistry stats{1};
  config::Compiler compiler{bootstrap, stats};
  config::ErrorList errors;
  Judge judge{{loop, loop, loop}, compiler, compiler.CompileStatics(errors)};
};

TEST_F(JudgeTest, ApprovesWhatAProxyWouldServe) {
  // A port that is taken here is none of its business.
  const uint16_t port = worker::WorkerFixture::FreePort();
  const net::Fd holder = worker::WorkerFixture::HoldPort(port);
  config::ResourceSet set = LiveWorld::Answering("x", port);
  Put(set, ResourceType::kCluster, config::ClusterOf(config::EdsClusterText("cold")));
  const CommitReport report = Prepare(set);
  EXPECT_EQ(report.revision(), 7u);
  EXPECT_EQ(report.refused_size(), 0);
  EXPECT_EQ(report.warnings_size(), 0);
}

TEST_F(JudgeTest, NamesEveryProblemWithItsAuthor) {
  config::ResourceSet set = LiveWorld::Answering("x");
  Put(set, ResourceType::kRoute,
      config::RoutesOf("name: 'r' virtual_hosts { name: 'h' domains: '*' routes { " +
                       config::OriginText("bad") +
                       " match { safe_regex { regex: '(' } } redirect {} } }"));
  Put(set, ResourceType::kCluster, config::ClusterOf("name: 'c' type: LOGICAL_DNS"));
  const CommitReport report = Prepare(set);
  ASSERT_GE(report.refused_size(), 2);
  EXPECT_EQ(report.refused(0).resource(), "c");
  EXPECT_EQ(report.refused(1).origin().name(), "team/bad");
  EXPECT_EQ(Prepare(LiveWorld::Answering("x")).refused_size(), 0) << "and goes on";
}

TEST_F(JudgeTest, ServesNothing) {
  Prepare(LiveWorld::Answering("x"));
  std::optional<CommitReport> answer;
  judge.Serve(7, [&](CommitReport report) { answer = std::move(report); });
  EXPECT_EQ(answer->refused(0).kind(), Problem::MISMATCH);
}

TEST_F(JudgeTest, JudgesSingleTypesAndEndpointsToo) {
  EXPECT_TRUE(
      Apply(ResourceType::kCluster, {config::ClusterOf(config::StaticClusterText("c"))}).empty());
  EXPECT_EQ(
      Apply(ResourceType::kCluster, {config::ClusterOf("name: 'c' type: LOGICAL_DNS")}).size(), 1u);
  EXPECT_TRUE(
      Apply(ResourceType::kEndpoint, {config::AssignmentOf(config::AssignmentText("c", 80))})
          .empty());
  EXPECT_EQ(
      Apply(ResourceType::kEndpoint, {config::AssignmentOf(config::AssignmentText("c", 0))}).size(),
      1u);
}

}  // namespace
}  // namespace sluice::main
