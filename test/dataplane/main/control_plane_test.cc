// The whole process with a control plane: start, revisions, crash, restart, judge.
#include "dataplane/main/control_plane.h"

#include <cstdlib>

#include "dataplane/xds/state_dir.h"
#include "test/dataplane/main/live_world.h"
#include "test/dataplane/main/proxy_process.h"

namespace sluice::main {
namespace {

std::string Ask(const net::Address& address) { return LiveWorld::AskAt(address); }

class ControlPlaneTest : public testing::Test {
 protected:
  ControlPlaneTest() {
    std::string pattern = testing::TempDir() + "/stateXXXXXX";
    state = std::string(mkdtemp(pattern.data())) + "/dir";
  }
  std::vector<std::string> Flags(std::vector<std::string> more = {}) const {
    more.insert(more.end(), {"--config-yaml", control.Bootstrap()});
    return more;
  }
  bool PrepareAndServe(uint64_t revision, const config::ResourceSet& set) {
    const auto prepared = control.Prepare(revision, set);
    if (!prepared || prepared->refused_size() != 0) return false;
    const auto served = control.Serve();
    return served && served->refused_size() == 0 && served->workers() == 2;
  }
  static bool Says(const std::string& page, const std::string& text) {
    return page.find(text) != std::string::npos;
  }

  CommittingServer control;
  std::string state;
};

TEST_F(ControlPlaneTest, ServesRevisionsAsTheyAreCommitted) {
  ProxyProcess proxy(Flags());
  ASSERT_TRUE(PrepareAndServe(1, LiveWorld::Answering("one")));
  ASSERT_TRUE(proxy.WaitReady());
  EXPECT_EQ(Ask(proxy.AddressOf("l")), "one");
  ASSERT_TRUE(PrepareAndServe(2, LiveWorld::Answering("two")));
  EXPECT_EQ(Ask(proxy.AddressOf("l")), "two");
  const std::string info = proxy.Admin("/server_info");
  EXPECT_TRUE(Says(info, R"("source":"control_plane","revision":2,)")) << info;
  EXPECT_TRUE(Says(info, R"("connected":true,"committing":true)")) << info;
  const std::string prometheus = proxy.Admin("/stats/prometheus");
  EXPECT_TRUE(Says(prometheus, "sluice_config_revision 2"));
  EXPECT_TRUE(Says(prometheus, "sluice_control_plane_update_success_total{type=\"commit\"} 4\n"))
      << prometheus;
  EXPECT_TRUE(Says(proxy.Admin("/config_dump"), "dynamic_route_configs"));
  EXPECT_EQ(proxy.Stop(), 0);
}

TEST_F(ControlPlaneTest, ARefusedRevisionChangesNothing) {
  ProxyProcess proxy(Flags());
  ASSERT_TRUE(PrepareAndServe(1, LiveWorld::Answering("one")));
  ASSERT_TRUE(proxy.WaitReady());
  config::ResourceSet bad = LiveWorld::Answering("two");
  Put(bad, config::ResourceType::kCluster, config::ClusterOf("name: 'c' type: LOGICAL_DNS"));
  const auto report = control.Prepare(2, bad);
  ASSERT_TRUE(report.has_value());
  ASSERT_EQ(report->refused_size(), 1);
  EXPECT_EQ(report->refused(0).resource(), "c");
  EXPECT_EQ(Ask(proxy.AddressOf("l")), "one");
  EXPECT_EQ(proxy.Stop(), 0);
}

TEST_F(ControlPlaneTest, StartsFromTheStateDirectoryWhileTheControlPlaneIsAway) {
  {
    const auto directory = *xds::StateDir::Open(state);
    const auto served = std::chrono::system_clock::now() - std::chrono::hours(3);
    ASSERT_TRUE(directory
                    ->StoreRevision(LiveWorld::RevisionOf(41, LiveWorld::Answering("stored")),
                                    served, xds::StateDir::Before::kKeep)
                    .ok());
  }
  ProxyProcess proxy(Flags({"--state-dir", state}));
  ASSERT_TRUE(proxy.WaitReady());
  EXPECT_EQ(Ask(proxy.AddressOf("l")), "stored");
  const std::string info = proxy.Admin("/server_info");
  EXPECT_TRUE(Says(info, R"("source":"state_directory","revision":41,)")) << info;
  EXPECT_TRUE(Says(info, "cached rev 41, 3 h old")) << info;
  ASSERT_TRUE(PrepareAndServe(42, LiveWorld::Answering("new")));
  EXPECT_EQ(Ask(proxy.AddressOf("l")), "new");
  EXPECT_FALSE(Says(proxy.Admin("/server_info"), "cached rev"));
  EXPECT_EQ(proxy.Stop(), 0);
}

TEST_F(ControlPlaneTest, ARevisionThatCrashedThreeTimesIsNotTakenAgain) {
  for (int start = 0; start < 3; ++start) {
    ProxyProcess proxy(Flags({"--state-dir", state, "--fault", "crash:2"}));
    control.AwaitStream();
    ASSERT_TRUE(PrepareAndServe(1, LiveWorld::Answering("one"))) << start;
    const auto report = control.Prepare(2, LiveWorld::Answering("two"));
    ASSERT_TRUE(report.has_value());
    ASSERT_EQ(report->refused_size(), 0) << start;
    control.SendServe();
    EXPECT_EQ(proxy.WaitEnd(), -SIGABRT);
  }
  ProxyProcess proxy(Flags({"--state-dir", state, "--fault", "crash:2"}));
  control.AwaitStream();
  ASSERT_TRUE(PrepareAndServe(1, LiveWorld::Answering("one")));
  const auto report = control.Prepare(2, LiveWorld::Answering("two"));
  ASSERT_TRUE(report.has_value());
  ASSERT_EQ(report->refused_size(), 1);
  EXPECT_TRUE(report->refused(0).text().starts_with("crashed_here"));
  EXPECT_EQ(report->refused(0).kind(), config::Problem::LOCAL);
  EXPECT_TRUE(PrepareAndServe(3, LiveWorld::Answering("three")));
  EXPECT_EQ(proxy.Stop(), 0);
}

TEST_F(ControlPlaneTest, ARevisionThatCrashesThreeTimesInPrepareIsRefusedAndTheServedOneGoesOn) {
  {
    const auto directory = *xds::StateDir::Open(state);
    const xds::Revision one = LiveWorld::RevisionOf(1, LiveWorld::Answering("one"));
    ASSERT_TRUE(directory->StoreRevision(one, {}, xds::StateDir::Before::kKeep).ok());
  }
  const std::vector<std::string> flags =
      Flags({"--state-dir", state, "--fault", "crash-prepare:2"});
  for (int start = 0; start < 3; ++start) {
    ProxyProcess proxy(flags);
    control.AwaitStream();
    ASSERT_TRUE(proxy.WaitReady()) << start;
    EXPECT_EQ(Ask(proxy.AddressOf("l")), "one");
    ASSERT_TRUE(control.SendPrepare(2, LiveWorld::Answering("two")).has_value());
    EXPECT_EQ(proxy.WaitEnd(), -SIGABRT);
  }
  ProxyProcess proxy(flags);
  control.AwaitStream();
  ASSERT_TRUE(proxy.WaitReady());
  const auto report = control.Prepare(2, LiveWorld::Answering("two"));
  ASSERT_TRUE(report.has_value());
  ASSERT_EQ(report->refused_size(), 1);
  EXPECT_EQ(report->refused(0).text(),
            "crashed_here: the content of revision 2 crashed this proxy 3 times");
  EXPECT_EQ(Ask(proxy.AddressOf("l")), "one");
  EXPECT_TRUE(PrepareAndServe(3, LiveWorld::Answering("three")));
  EXPECT_EQ(Ask(proxy.AddressOf("l")), "three");
  EXPECT_EQ(proxy.Stop(), 0);
}

TEST_F(ControlPlaneTest, TheJudgeOnlyJudges) {
  ProxyProcess judge(Flags({"--mode", "validate"}));
  const uint16_t port = worker::WorkerFixture::FreePort();
  const net::Fd holder = worker::WorkerFixture::HoldPort(port);
  const auto good = control.Prepare(1, LiveWorld::Answering("one", port));
  ASSERT_TRUE(good.has_value());
  EXPECT_EQ(good->refused_size(), 0);
  config::ResourceSet bad = LiveWorld::Answering("two");
  Put(bad, config::ResourceType::kListener,
      config::ListenerOf(config::RdsListenerText("m", "nowhere")));
  const auto refused = control.Prepare(2, bad);
  ASSERT_TRUE(refused.has_value());
  ASSERT_EQ(refused->refused_size(), 1);
  EXPECT_EQ(refused->refused(0).resource(), "m");
  EXPECT_EQ(judge.Stop(), 0);
}

}  // namespace
}  // namespace sluice::main
