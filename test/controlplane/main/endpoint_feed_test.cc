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
                                                                 .changed = [this] { OnChanged(); },
                                                                 .in_use = [this] { return in_use_; }},
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
  absl::Status StartWith(std::vector<model::Config> in_use) {
    in_use_ = std::move(in_use);
    const absl::Status status = feed_->Start();
    Run();
    return status;
  }
  void Follow(std::vector<model::Config> in_use) {
    in_use_ = std::move(in_use);
    feed_->Follow();
    Run();
  }
  void OnChanged() {
    ++changes_;
    if (!watched_.empty() && !assignments_->of("z").contains(watched_)) ++gone_;
  }
  std::string WriteFile(const std::string& name, const std::string& address) {
    const std::string path = testing::TempDir() + name;
    std::ofstream(path) << "endpoints:\n- {address: " << address << ", port: 80}\n";
    return path;
  }
  static model::ObjectPtr FromFile(const std::string& name, const std::string& path) {
    return Obj("Service", name, "service { file { path: '" + path + "' } }");
  }
  static model::ObjectPtr Fixed(const std::string& name, const std::string& address) {
    return Obj("Service", name,
               "service { static { endpoints { address: '" + address + "' port: 80 zone: 'z' } } }");
  }
  static model::ObjectPtr Registered(const std::string& name) {
    return Obj("Service", name, "service { registered {} }");
  }
  bool Has(const std::string& service, const std::string& address) {
    return assignments_->of("z").at(service)->any.find(address) != std::string::npos;
  }
  size_t Leases() { return store_.ReadLive(EndpointFeed::kLog)->entries.size(); }

  test::ManualClock clock_;
  store::MemoryStore store_;
  std::vector<model::Config> in_use_;
  int changes_ = 0;
  std::string watched_;  // a service that must be there
  int gone_ = 0;         // how often it was not when streams were told of a change
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
  const std::string path = WriteFile("endpoints.yaml", "10.0.0.1");
  ASSERT_TRUE(StartWith({Config({FromFile("a/file", path), Registered("a/lease"),
                                 Obj("Service", "a/dns", "service { dns { name: 'a.test' port: 1 } }"),
                                 Fixed("a/zones", "10.0.0.1")})})
                  .ok());
  EXPECT_EQ(Services(), (Names{"a/file", "a/lease", "a/zones"}));
  EXPECT_GT(changes_, 0);
}

TEST_F(EndpointFeedTest, ALeaseIsStoredAndEndsWithoutHeartbeats) {
  ASSERT_TRUE(
      StartWith({Config({Obj("Service", "a/lease", "service { registered { ttl { seconds: 2 } } }")})}).ok());
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
  const model::Config config = Config({Registered("a/lease")});
  ASSERT_TRUE(StartWith({config}).ok());
  ASSERT_TRUE(Register("a/lease").ok());
  const std::string version = assignments_->of("z").at("a/lease")->version;
  const uint64_t epoch = feed_->position().epoch;
  Restart();
  ASSERT_TRUE(StartWith({config}).ok());
  EXPECT_GT(feed_->position().epoch, epoch);
  EXPECT_EQ(assignments_->of("z").at("a/lease")->version, version);
}

TEST_F(EndpointFeedTest, AServiceStaysAsLongAsAnyRevisionInUseNamesIt) {
  const model::Config old = Config({Registered("a/old")}), live = Config({Registered("a/live")}),
                      next = Config({Registered("a/next")});
  ASSERT_TRUE(StartWith({old}).ok());
  Follow({live, next, old});
  EXPECT_EQ(Services(), (Names{"a/live", "a/next", "a/old"}));
  Follow({next, live});
  EXPECT_EQ(Services(), (Names{"a/live", "a/next"}));
  Follow({next});
  EXPECT_EQ(Services(), Names{"a/next"});
}

TEST_F(EndpointFeedTest, AnotherSourceWaitsUntilItIsLive) {
  const std::string path = WriteFile("source.yaml", "10.0.0.2");
  const model::Config fixed = Config({Fixed("a/s", "10.0.0.1")}), file = Config({FromFile("a/s", path)});
  ASSERT_TRUE(StartWith({fixed}).ok());
  Follow({fixed, file});  // under vote
  EXPECT_TRUE(Has("a/s", "10.0.0.1"));
  EXPECT_FALSE(Has("a/s", "10.0.0.2"));
  Follow({file, fixed});  // the vote was won, somebody refused
  EXPECT_TRUE(Has("a/s", "10.0.0.2"));
  EXPECT_FALSE(Has("a/s", "10.0.0.1"));
}

TEST_F(EndpointFeedTest, WhatWillBeDiscoveredHasEndpointsBeforeItIsLive) {
  const model::Config inside = Config({Obj(
      "Service", "a/s", "service { static { endpoints { address: '10.0.0.1' port: 80 } } }")});
  ASSERT_TRUE(StartWith({inside, Config({Fixed("a/s", "10.0.0.2")})}).ok());
  EXPECT_TRUE(Has("a/s", "10.0.0.2"));
}

TEST_F(EndpointFeedTest, NoStreamSeesAServiceGoneThatChangesItsSource) {
  const std::string path = WriteFile("hand_over.yaml", "10.0.0.2");
  const model::Config file = Config({FromFile("a/s", path)}), fixed = Config({Fixed("a/s", "10.0.0.1")}),
                      lease = Config({Registered("a/s")});
  ASSERT_TRUE(StartWith({file}).ok());
  watched_ = "a/s";
  for (const model::Config& next : {fixed, lease, file, lease, fixed, file}) Follow({next});
  EXPECT_EQ(gone_, 0);
  Follow({Config({})});
  EXPECT_EQ(gone_, 1);
}

TEST_F(EndpointFeedTest, AServiceThatCameBackMeanwhileIsNotRemoved) {
  const model::Config config = Config({Fixed("a/s", "10.0.0.1")});
  ASSERT_TRUE(StartWith({config}).ok());
  watched_ = "a/s";
  in_use_ = {Config({})};
  feed_->Follow();
  in_use_ = {config};
  feed_->Follow();
  Run();  // the strand was busy until now
  EXPECT_EQ(gone_, 0);
  EXPECT_EQ(Services(), Names{"a/s"});
}

TEST_F(EndpointFeedTest, AFileIsReadAgainWhenItIsReplaced) {
  const std::string path = WriteFile("replaced.yaml", "10.0.0.1");
  ASSERT_TRUE(StartWith({Config({FromFile("a/file", path)})}).ok());
  const std::string next = WriteFile("replaced.yaml.new", "10.0.0.2");
  ASSERT_EQ(rename(next.c_str(), path.c_str()), 0);
  Pass(EndpointFeed::kPoll);
  EXPECT_TRUE(Has("a/file", "10.0.0.2"));
}

}  // namespace
}  // namespace sluice::main
