#include "dataplane/main/listener_switch.h"

#include <gtest/gtest.h>

#include "test/dataplane/worker/worker_fixture.h"

namespace sluice::main {
namespace {

class ListenerSwitchTest : public testing::Test {
 protected:
  std::shared_ptr<const config::Snapshot> On(const std::string& name, uint16_t port) {
    return worker::Answering({name}, name, fixture.stats, port);
  }
  config::Problems Serve(std::shared_ptr<const config::Snapshot> snapshot) {
    std::atomic<bool> done{false};
    config::Problems problems;
    listeners.Serve(std::move(snapshot), [&](config::Problems p) {
      problems = std::move(p);
      done = true;
    });
    fixture.RunUntil(done);
    return problems;
  }
  static bool IsTaken(uint16_t port) { return worker::WorkerFixture::IsBound(port); }
  static bool Listens(uint16_t port) {
    return !net::BindSocket(*net::Address::FromIp("127.0.0.1", port), net::PortSharing::kExclusive,
                            false)
                .fd.valid();
  }

  worker::WorkerFixture fixture{2};
  std::vector<std::string> announced;
  ListenerSwitch listeners{
      {.sockets = *fixture.sockets,
       .workers = fixture.workers,
       .faults = {},
       .announce = [this](const admin::BoundListener& l) { announced.push_back(l.name); }}};
};

TEST_F(ListenerSwitchTest, APreparedPortIsTakenAndNotListenedOn) {
  const uint16_t port = fixture.FreePort();
  EXPECT_TRUE(listeners.Prepare(On("web", port)).empty());
  EXPECT_TRUE(IsTaken(port));
  EXPECT_TRUE(listeners.Bound().empty());
  listeners.DropPrepared();
  EXPECT_FALSE(IsTaken(port));
}

TEST_F(ListenerSwitchTest, ServesAnnouncesAndGivesUpOldPorts) {
  const uint16_t first = fixture.FreePort();
  EXPECT_TRUE(Serve(On("web", first)).empty());
  worker::BlockingClient client(listeners.Bound()[0].address);
  EXPECT_EQ(client.Ask(), "web");
  EXPECT_EQ(announced, std::vector<std::string>{"web"});
  EXPECT_TRUE(Serve(On("web", first)).empty());
  EXPECT_EQ(announced.size(), 1u) << "it serves already";
  const uint16_t second = fixture.FreePort();
  EXPECT_TRUE(Serve(On("web", second)).empty());
  EXPECT_EQ(announced.size(), 2u);
  EXPECT_FALSE(Listens(first));
  EXPECT_EQ(client.Ask(), "web") << "old connections go on";
}

TEST_F(ListenerSwitchTest, AnotherBacklogIsTakenWithoutClosingThePort) {
  EXPECT_TRUE(Serve(On("web", 0)).empty());
  const net::Address before = listeners.Bound()[0].address;
  auto changed = std::make_shared<config::Snapshot>(*On("web", 0));
  auto spec = std::make_shared<config::ListenerSpec>(*changed->listeners[0]);
  spec->backlog = 16;
  changed->listeners[0] = spec;
  EXPECT_TRUE(listeners.Prepare(changed).empty());
  EXPECT_TRUE(Serve(changed).empty());
  EXPECT_EQ(listeners.Bound()[0].address, before);
  EXPECT_EQ(worker::BlockingClient(before).Ask(), "web");
}

TEST_F(ListenerSwitchTest, NamesWhatCannotBeBound) {
  const uint16_t port = fixture.FreePort();
  const net::Fd holder = worker::WorkerFixture::HoldPort(port);
  const config::Problems problems = listeners.Prepare(On("web", port));
  ASSERT_EQ(problems.size(), 1u);
  EXPECT_EQ(problems[0].kind(), config::Problem::LOCAL);
  EXPECT_EQ(problems[0].resource(), "web");
  EXPECT_TRUE(problems[0].text().starts_with("bind_failed: ")) << problems[0].text();
}

TEST_F(ListenerSwitchTest, AnotherPreparedSnapshotTakesThePlaceOfTheLast) {
  const uint16_t one = fixture.FreePort(), served = fixture.FreePort();
  EXPECT_TRUE(Serve(On("web", served)).empty());
  EXPECT_TRUE(listeners.Prepare(On("web", one)).empty());
  EXPECT_TRUE(listeners.Prepare(On("web", served)).empty());
  EXPECT_FALSE(IsTaken(one));
  EXPECT_TRUE(IsTaken(served));
}

TEST_F(ListenerSwitchTest, WhatIsReservedStaysWhateverIsDropped) {
  const uint16_t port = fixture.FreePort();
  EXPECT_TRUE(listeners.Reserve(On("web", port)).empty());
  EXPECT_TRUE(listeners.Prepare(On("other", fixture.FreePort())).empty());
  listeners.DropPrepared();
  EXPECT_TRUE(IsTaken(port));
  EXPECT_FALSE(Listens(port));
}

TEST_F(ListenerSwitchTest, AfterCloseAllNothingIsOpenedAgain) {
  const uint16_t port = fixture.FreePort();
  EXPECT_TRUE(Serve(On("web", port)).empty());
  std::atomic<bool> confirmed{false};
  fixture.workers.Drain([] {});
  fixture.workers.Confirm(fixture.main_loop, [&] { confirmed = true; });
  fixture.RunUntil(confirmed);
  listeners.CloseAll();
  EXPECT_FALSE(IsTaken(port));
  EXPECT_TRUE(Serve(On("web", port)).empty());
  EXPECT_FALSE(IsTaken(port));
  EXPECT_TRUE(listeners.Bound().empty());
}

}  // namespace
}  // namespace sluice::main
