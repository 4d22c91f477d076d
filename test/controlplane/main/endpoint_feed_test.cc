#include "controlplane/main/endpoint_feed.h"

#include <gtest/gtest.h>

#include <fstream>

#include "controlplane/store/memory_store.h"
#include "test/controlplane/model/fixtures.h"
#include "test/support/manual_clock.h"

namespace sluice::main {
namespace {

using model::Obj;

class EndpointFeedTest : public testing::Test {
 protected:
  EndpointFeedTest() { Restart(); }

  // A new process over the same store.
  void Restart() {
    const uint64_t epoch = *store_.BeginEpoch(EndpointFeed::kLog);
    strand_ = std::make_unique<strand::Strand>(clock_);
    disk_ = std::make_unique<strand::Strand>(clock_);
    assignments_ = std::make_unique<snapshot::Assignments>(epoch);
    feed_ = std::make_unique<EndpointFeed>(EndpointFeed::Options{.clock = clock_,
                                                                 .strand = *strand_,
                                                                 .disk = *disk_,
                                                                 .store = store_,
                                                                 .assignments = *assignments_,
                                                                 .changed = [this] { ++changes_; }},
                                           epoch);
  }
  void Pass(base::Duration time) {
    clock_.Advance(time);
    Run();
  }
  void Run() {
    disk_->RunUntilIdle();
    strand_->RunUntilIdle();
  }
  static model::Config Config(const std::vector<model::ObjectPtr>& objects) {
    return model::Config().With(objects, {});
  }
  absl::Status Register(const std::string& service, uint32_t port = 80) {
    sluice::v1::RegisterRequest request;
    request.set_service(service);
    request.set_instance("i" + std::to_string(port));
    request.mutable_endpoint()->set_address("10.0.0.1");
    request.mutable_endpoint()->set_port(port);
    const absl::Status status = feed_->registry().Register(request).status();
    feed_->LeasesChanged();
    Run();
    return status;
  }
  std::vector<std::string> Services() {
    std::vector<std::string> names;
    for (const auto& [name, resource] : assignments_->of("z")) names.push_back(name);
    return names;
  }
  size_t Leases() { return store_.ReadLive(EndpointFeed::kLog)->entries.size(); }

  test::ManualClock clock_;
  store::MemoryStore store_;
  int changes_ = 0;
  std::unique_ptr<strand::Strand> strand_, disk_;
  std::unique_ptr<snapshot::Assignments> assignments_;
  std::unique_ptr<EndpointFeed> feed_;
};

using Names = std::vector<std::string>;

TEST_F(EndpointFeedTest, OnlySomeServicesTravelAsAssignments) {
  for (const auto& [spec, is] :
       {std::pair("service { registered {} }", true), std::pair("service { file { path: '/x' } }", true),
        std::pair("service { dns { name: 'a.test' port: 1 } }", false),
        std::pair("service { static { endpoints { address: '10.0.0.1' port: 1 } } }", false),
        std::pair("service { static { endpoints { address: '10.0.0.1' port: 1 zone: 'z' } } }", true)}) {
    EXPECT_EQ(IsDiscovered(Obj("Service", "a/b", spec)->service()), is) << spec;
  }
}

TEST_F(EndpointFeedTest, EachSourceReachesTheAssignments) {
  const std::string path = testing::TempDir() + "endpoints.yaml";
  std::ofstream(path) << "endpoints:\n- {address: 10.0.0.1, port: 80}\n";
  ASSERT_TRUE(
      feed_
          ->Start({}, Config({Obj("Service", "a/file", "service { file { path: '" + path + "' } }"),
                          Obj("Service", "a/lease", "service { registered {} }"),
                          Obj("Service", "a/dns", "service { dns { name: 'a.test' port: 1 } }"),
                          Obj("Service", "a/zones",
                              "service { static { endpoints { address: '10.0.0.1' port: 1 zone: 'z' } } }")}))
          .ok());
  Run();
  EXPECT_EQ(Services(), (Names{"a/file", "a/lease", "a/zones"}));
  EXPECT_GT(changes_, 0);
}

TEST_F(EndpointFeedTest, ALeaseIsStoredAndEndsWithoutHeartbeats) {
  ASSERT_TRUE(
      feed_->Start({}, Config({Obj("Service", "a/lease", "service { registered { ttl { seconds: 2 } } }")})).ok());
  Run();
  const std::string empty = assignments_->of("z").at("a/lease")->version;
  ASSERT_TRUE(Register("a/lease").ok());
  EXPECT_NE(assignments_->of("z").at("a/lease")->version, empty);
  EXPECT_EQ(Leases(), 1u);
  Pass(std::chrono::seconds(2));
  EXPECT_EQ(assignments_->of("z").at("a/lease")->version, empty);
  Pass(std::chrono::seconds(2));
  EXPECT_EQ(Leases(), 0u);
}

TEST_F(EndpointFeedTest, LeasesComeBackAfterARestartInALaterEpoch) {
  const model::Config config = Config({Obj("Service", "a/lease", "service { registered {} }")});
  ASSERT_TRUE(feed_->Start(config, config).ok());
  Run();
  ASSERT_TRUE(Register("a/lease").ok());
  const std::string version = assignments_->of("z").at("a/lease")->version;
  const uint64_t epoch = feed_->epoch();
  Restart();
  ASSERT_TRUE(feed_->Start(config, config).ok());
  Run();
  EXPECT_GT(feed_->epoch(), epoch);
  EXPECT_EQ(assignments_->of("z").at("a/lease")->version, version);
}

TEST_F(EndpointFeedTest, ServicesOfTheLiveRevisionStayUntilTheHeadAfterTheNext) {
  const model::Config live = Config({Obj("Service", "a/old", "service { registered {} }")});
  const model::Config next = Config({Obj("Service", "a/new", "service { registered {} }")});
  ASSERT_TRUE(feed_->Start(live, live).ok());
  feed_->OnHead(live, next);
  Run();
  EXPECT_EQ(Services(), (Names{"a/new", "a/old"}));
  feed_->OnHead(next, next);
  Run();
  EXPECT_EQ(Services(), Names{"a/new"});
}

TEST_F(EndpointFeedTest, AFileIsReadAgainWhenItIsReplaced) {
  const std::string path = testing::TempDir() + "replaced.yaml";
  std::ofstream(path) << "endpoints:\n- {address: 10.0.0.1, port: 80}\n";
  ASSERT_TRUE(
      feed_->Start({}, Config({Obj("Service", "a/file", "service { file { path: '" + path + "' } }")})).ok());
  Run();
  const std::string before = assignments_->of("z").at("a/file")->version;
  std::ofstream(path + ".new")
      << "endpoints:\n- {address: 10.0.0.1, port: 80}\n- {address: 10.0.0.2, port: 80}\n";
  ASSERT_EQ(rename((path + ".new").c_str(), path.c_str()), 0);
  Pass(EndpointFeed::kPoll);
  EXPECT_NE(assignments_->of("z").at("a/file")->version, before);
}

}  // namespace
}  // namespace sluice::main
