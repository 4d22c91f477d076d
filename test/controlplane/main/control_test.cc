#include "controlplane/main/control.h"

#include <grpcpp/create_channel.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <thread>

#include "controlplane/revision/history.h"
#include "controlplane/store/commit.h"
#include "controlplane/store/sqlite_store.h"
#include "sluice/v1/config_service.grpc.pb.h"
#include "sluice/v1/registry_service.grpc.pb.h"
#include "sluice/v1/revision_service.grpc.pb.h"
#include "test/controlplane/model/fixtures.h"

namespace sluice::main {
namespace {

// A control plane without a proxy to judge for it: what needs no judging can be written.
class ControlTest : public testing::Test {
 protected:
  ControlTest() {
    folder_ = testing::TempDir() + testing::UnitTest::GetInstance()->current_test_info()->name();
    std::filesystem::remove_all(folder_);
    std::filesystem::create_directories(folder_);
    flags_.api = flags_.xds = "127.0.0.1:0";
    flags_.store = "sqlite:" + folder_ + "/control.db";
    flags_.proxy_binary = folder_ + "/no-proxy";
    flags_.insecure_loopback = true;
  }

  void Start() {
    control_ = std::make_unique<Control>(flags_);
    const absl::Status status = control_->Start();
    ASSERT_TRUE(status.ok()) << status;
    channel_ = grpc::CreateChannel(Bound("api"), grpc::InsecureChannelCredentials());
    config_ = sluice::v1::Config::NewStub(channel_);
  }
  std::string Bound(const std::string& listener) const {
    for (const auto& bound : control_->bound()) {
      if (bound.listener == listener) return bound.address;
    }
    return "";
  }
  grpc::Status Apply(const std::vector<model::ObjectPtr>& objects, uint64_t* revision = nullptr) {
    grpc::ClientContext context;
    sluice::v1::ApplyRequest request;
    sluice::v1::ApplyResponse response;
    for (const auto& object : objects) *request.add_upserts() = *object;
    const grpc::Status status = config_->Apply(&context, request, &response);
    if (revision != nullptr) *revision = response.revision();
    return status;
  }
  static model::ObjectPtr Service(const std::string& name) {
    return model::Obj("Service", name, "service { registered {} }");
  }
  static model::ObjectPtr Gateway() {
    return model::Obj("Gateway", "web", "gateway { listeners { port: 80 } hosts: '*' admits { team: '*' } }");
  }
  sluice::v1::ListResponse List() {
    grpc::ClientContext context;
    sluice::v1::ListResponse response;
    EXPECT_TRUE(config_->List(&context, {}, &response).ok());
    return response;
  }

  std::string folder_;
  Flags flags_;
  std::unique_ptr<Control> control_;
  std::shared_ptr<grpc::Channel> channel_;
  std::unique_ptr<sluice::v1::Config::Stub> config_;
};

TEST_F(ControlTest, SaysWhatItIsBoundTo) {
  ASSERT_NO_FATAL_FAILURE(Start());
  for (const char* listener : {"api", "xds"}) {
    EXPECT_EQ(Bound(listener).find("127.0.0.1:"), 0u);
    EXPECT_NE(Bound(listener), "127.0.0.1:0");
  }
}

TEST_F(ControlTest, AUnixSocketIsBoundUnderItsName) {
  char folder[] = "/tmp/control-test.XXXXXX";  // a socket's path must be short
  ASSERT_NE(mkdtemp(folder), nullptr);
  flags_.api = std::string("unix:") + folder + "/api.sock";
  ASSERT_NO_FATAL_FAILURE(Start());
  EXPECT_EQ(Bound("api"), flags_.api);
  EXPECT_EQ(List().revision(), 0u);
  control_.reset();
  std::filesystem::remove_all(folder);
}

TEST_F(ControlTest, WithoutAJudgeNothingIsStored) {
  ASSERT_NO_FATAL_FAILURE(Start());
  EXPECT_EQ(Apply({Gateway()}).error_code(), grpc::StatusCode::UNAVAILABLE);
  EXPECT_EQ(List().revision(), 0u);
  EXPECT_EQ(List().objects_size(), 0);
}

TEST_F(ControlTest, RevisionsAndLeasesOutliveIt) {
  ASSERT_NO_FATAL_FAILURE(Start());
  uint64_t revision = 0;
  ASSERT_TRUE(Apply({Service("shop/a")}, &revision).ok());
  EXPECT_EQ(revision, 1u);
  ASSERT_TRUE(Apply({Service("shop/b")}).ok());
  grpc::ClientContext registers, beats;
  sluice::v1::RegisterRequest instance;
  sluice::v1::RegisterResponse lease;
  instance.set_service("shop/a");
  instance.set_instance("i1");
  instance.mutable_endpoint()->set_address("10.0.0.1");
  instance.mutable_endpoint()->set_port(80);
  ASSERT_TRUE(sluice::v1::Registry::NewStub(channel_)->Register(&registers, instance, &lease).ok());
  control_.reset();
  ASSERT_NO_FATAL_FAILURE(Start());
  EXPECT_EQ(List().revision(), 2u);
  EXPECT_EQ(List().objects_size(), 2);
  sluice::v1::HeartbeatRequest heartbeat;
  sluice::v1::HeartbeatResponse heard;
  heartbeat.add_leases(lease.lease());
  ASSERT_TRUE(sluice::v1::Registry::NewStub(channel_)->Heartbeat(&beats, heartbeat, &heard).ok());
  EXPECT_EQ(heard.unknown_size(), 0);
  ASSERT_TRUE(Apply({Service("shop/c")}, &revision).ok());
  EXPECT_EQ(revision, 3u);
}

TEST_F(ControlTest, ARevisionWithoutAnAudienceIsServedAtOnce) {
  ASSERT_NO_FATAL_FAILURE(Start());
  ASSERT_TRUE(Apply({Service("shop/a")}).ok());
  grpc::ClientContext context;
  sluice::v1::WaitServedRequest request;
  request.set_revision(1);
  auto reader = sluice::v1::Revisions::NewStub(channel_)->WaitServed(&context, request);
  sluice::v1::WaitServedProgress last;
  for (sluice::v1::WaitServedProgress progress; reader->Read(&progress);) last = progress;
  EXPECT_TRUE(last.all_served());
  EXPECT_TRUE(reader->Finish().ok());
}

// Writes to the file as a process that ended in the middle of something left it.
class ControlAfterACrashTest : public ControlTest {
 protected:
  void Left(const std::function<void(store::Store&)>& write) {
    auto store = store::SqliteStore::Open(folder_ + "/control.db");
    ASSERT_TRUE(store.ok());
    for (uint64_t base = 0; base < 2; ++base) {
      const std::string name = "shop/s" + std::to_string(base);
      const auto object = Service(name);
      ASSERT_TRUE(
          store::Commit(**store, base, {}, std::vector{store::Write{{"Service", name}, revision::StoredBytes(*object)}})
              .ok());
    }
    write(**store);
  }
  uint64_t TargetAfter(std::chrono::seconds most) {
    const auto end = std::chrono::steady_clock::now() + most;
    for (;;) {
      grpc::ClientContext context;
      sluice::v1::WaitServedRequest request;
      request.set_revision(List().revision());
      auto reader = sluice::v1::Revisions::NewStub(channel_)->WaitServed(&context, request);
      for (sluice::v1::WaitServedProgress progress; reader->Read(&progress);) {
        if (progress.all_served()) return request.revision();
      }
      if (std::chrono::steady_clock::now() > end) return 0;
    }
  }
};

TEST_F(ControlAfterACrashTest, WhatWasNotDecidedIsVotedOnAndThenTheTarget) {
  ASSERT_NO_FATAL_FAILURE(Left([](store::Store&) {}));
  flags_.return_window = std::chrono::seconds(1);
  ASSERT_NO_FATAL_FAILURE(Start());
  EXPECT_EQ(TargetAfter(std::chrono::seconds(20)), 2u);
  control_.reset();
  EXPECT_EQ(*(*store::SqliteStore::Open(folder_ + "/control.db"))->Target("*"), 2u);
}

TEST_F(ControlAfterACrashTest, AWithdrawnHeadIsReplacedWithoutAskingAgain) {
  ASSERT_NO_FATAL_FAILURE(Left([](store::Store& store) {
    ASSERT_TRUE(store.SetTarget("*", 1).ok());
    ASSERT_TRUE(store.MarkWithdrawn(2).ok());
  }));
  ASSERT_NO_FATAL_FAILURE(Start());
  for (int i = 0; i < 1000 && List().revision() < 3; ++i) std::this_thread::sleep_for(std::chrono::milliseconds(10));
  EXPECT_EQ(List().revision(), 3u);
  EXPECT_EQ(List().objects_size(), 1);
  EXPECT_EQ(TargetAfter(std::chrono::seconds(20)), 3u);
}

TEST_F(ControlTest, WhatIsInTheWayIsSaid) {
  ASSERT_NO_FATAL_FAILURE(Start());
  Flags second = flags_;
  second.store = "memory";
  second.api = Bound("api");
  Control taken(second);
  const absl::Status status = taken.Start();
  EXPECT_EQ(std::string(status.message()), "--api: '" + Bound("api") + "' cannot be listened on");
  second.store = "sqlite:" + folder_ + "/none/control.db";
  Control without_store(second);
  EXPECT_FALSE(without_store.Start().ok());
}

TEST_F(ControlTest, EndsWhileCallsAreWaiting) {
  ASSERT_NO_FATAL_FAILURE(Start());
  grpc::ClientContext context;
  auto reader = config_->Watch(&context, {});
  sluice::v1::WatchEvent event;
  ASSERT_TRUE(reader->Read(&event));
  control_->Stop();
  EXPECT_FALSE(reader->Read(&event));
  EXPECT_FALSE(reader->Finish().ok());
  control_->Stop();
}

}  // namespace
}  // namespace sluice::main
