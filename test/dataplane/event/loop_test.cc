#include "dataplane/event/loop.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/socket.h>
#include <unistd.h>

#include <functional>
#include <string>
#include <thread>

#include "test/support/allocation_counter.h"
#include "test/support/manual_clock.h"

namespace sluice::event {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

class FakeTask final : public Task {
 public:
  explicit FakeTask(std::function<void()> action) : action_(std::move(action)) {}
  void Run() override { action_(); }

 private:
  std::function<void()> action_;
};

class FakeFlushable final : public Flushable {
 public:
  explicit FakeFlushable(std::function<void()> action) : action_(std::move(action)) {}
  void Flush() override { action_(); }

 private:
  std::function<void()> action_;
};

// One end of a socket pair on the loop; the other end is the test's.
class Endpoint final : public IoHandler {
 public:
  Endpoint(Loop& loop, IoPass pass, Trigger trigger = Trigger::kEdge) : loop_(loop) {
    EXPECT_EQ(socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, fds_), 0);
    token_ = loop_.Add(fds_[0], *this, pass, trigger);
    EXPECT_TRUE(token_.valid());
  }
  ~Endpoint() {
    Remove();
    close(fds_[0]);
    if (fds_[1] >= 0) close(fds_[1]);
  }
  void Send(std::string_view text) {
    EXPECT_EQ(write(fds_[1], text.data(), text.size()), static_cast<ssize_t>(text.size()));
  }
  void Discard() {
    char bytes[64];
    while (read(fds_[0], bytes, sizeof(bytes)) > 0) {
    }
  }
  void ClosePeer() { close(std::exchange(fds_[1], -1)); }
  void Remove() { loop_.Remove(fds_[0], token_); }
  void OnIo(uint32_t ready) override {
    seen |= ready;
    ++events;
    if (action) action();
  }
  uint32_t TakeSeen() { return std::exchange(seen, 0); }

  uint32_t seen = 0;
  int events = 0;
  std::function<void()> action;

 private:
  Loop& loop_;
  int fds_[2];
  IoToken token_;
};

class LoopTest : public testing::Test {
 protected:
  test::ManualClock clock_;
  Loop loop_{clock_};
  std::string order_;
};

TEST_F(LoopTest, ReportsEachEdgeOnceAndRemembersNothing) {
  Endpoint end(loop_, IoPass::kDownstream);
  loop_.RunUntilIdle();
  EXPECT_EQ(end.TakeSeen(), kWritable);
  end.Send("x");
  loop_.RunUntilIdle();
  EXPECT_EQ(end.TakeSeen() & kReadable, kReadable);
  loop_.RunUntilIdle();
  EXPECT_EQ(end.TakeSeen(), 0u);  // unread bytes make no second edge
  end.Send("y");
  loop_.RunUntilIdle();
  EXPECT_EQ(end.TakeSeen() & kReadable, kReadable);
  end.ClosePeer();
  loop_.RunUntilIdle();
  EXPECT_EQ(end.TakeSeen() & (kReadable | kPeerClosed), kReadable | kPeerClosed);
}

TEST_F(LoopTest, LevelTriggerReportsReadabilityEveryTurn) {
  Endpoint end(loop_, IoPass::kDownstream, Trigger::kLevel);
  loop_.RunOnce(base::Duration::zero());
  EXPECT_EQ(end.events, 0);  // writability is of no interest
  end.Send("x");
  for (int i = 0; i < 3; ++i) EXPECT_EQ(loop_.RunOnce(base::Duration::zero()), 1);
  EXPECT_EQ(end.events, 3);
}

TEST_F(LoopTest, TurnsRunInTheDocumentedOrder) {
  Endpoint down(loop_, IoPass::kDownstream), up(loop_, IoPass::kUpstream);
  loop_.RunUntilIdle();
  FakeTask task([&] { order_ += "task "; });
  FakeFlushable flush([&] { order_ += "flush "; });
  FakeTask hook([&] { order_ += "hook "; });
  struct Dying : Deferred {
    explicit Dying(std::string& order) : order(order) {}
    ~Dying() override { order += "reap"; }
    std::string& order;
  };
  struct : Timer::Handler {
    void OnTimer(Timer&) override { *order += "timer "; }
    std::string* order;
  } on_timer;
  on_timer.order = &order_;
  Timer timer(loop_.timers(), on_timer);
  timer.ArmAt(loop_.now());
  loop_.mailbox().Post([&] { order_ += "mail "; });
  loop_.SetTurnHook(&hook);
  down.action = [&] {
    order_ += "down ";
    loop_.DestroyLater(std::make_unique<Dying>(order_));
    loop_.FlushLater(flush);
    loop_.Post(task);
  };
  up.action = [&] { order_ += "up "; };
  down.Send("x");
  up.Send("x");
  loop_.RunOnce(base::Duration::zero());
  loop_.SetTurnHook(nullptr);
  EXPECT_EQ(order_, "up down task flush timer mail hook reap");
}

TEST_F(LoopTest, AnEventForADescriptorRemovedInTheSameTurnFindsNobody) {
  Endpoint first(loop_, IoPass::kDownstream);
  auto second = std::make_unique<Endpoint>(loop_, IoPass::kDownstream);
  loop_.RunUntilIdle();
  second->events = 0;
  std::unique_ptr<Endpoint> third;
  int third_events = -1;
  const auto kill = [&] {
    // A new descriptor gets the number and the slot of the one that goes.
    second.reset();
    third = std::make_unique<Endpoint>(loop_, IoPass::kDownstream);
  };
  first.action = [&] {
    if (second != nullptr) kill();
  };
  first.Send("x");
  second->Send("x");
  loop_.RunOnce(base::Duration::zero());
  ASSERT_NE(third, nullptr);
  third_events = third->events;
  EXPECT_EQ(third_events, 0) << "got the event of its predecessor";
  third->Send("x");
  loop_.RunUntilIdle();
  EXPECT_GT(third->events, 0);
}

TEST_F(LoopTest, ForgetFreesTheSlotOfADescriptorThatAnotherThreadTook) {
  int fds[2];
  ASSERT_EQ(socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, fds), 0);
  struct : IoHandler {
    void OnIo(uint32_t) override { ++events; }
    int events = 0;
  } handler;
  IoToken token = loop_.Add(fds[0], handler, IoPass::kUpstream);
  std::thread taker([&] { epoll_ctl(loop_.epoll_fd(), EPOLL_CTL_DEL, fds[0], nullptr); });
  taker.join();
  loop_.Forget(token);
  EXPECT_FALSE(token.valid());
  EXPECT_EQ(write(fds[1], "x", 1), 1);
  loop_.RunUntilIdle();
  EXPECT_EQ(handler.events, 0);
  close(fds[0]);
  close(fds[1]);
}

TEST_F(LoopTest, ATaskPostedByATaskRunsInTheNextTurnAndTwiceIsOnce) {
  FakeTask second([&] { order_ += "2"; }), third([&] { order_ += "3"; });
  FakeTask first([&] {
    order_ += "1";
    for (FakeTask* task : {&second, &third, &second}) loop_.Post(*task);
  });
  loop_.Post(first);
  loop_.RunOnce(base::Duration::zero());
  EXPECT_EQ(order_, "1");
  loop_.RunOnce(base::Duration::zero());
  EXPECT_EQ(order_, "123");
}

TEST_F(LoopTest, ADestroyedTaskOrFlushableDoesNotRun) {
  auto task = std::make_unique<FakeTask>([&] { order_ += "t"; });
  auto flush = std::make_unique<FakeFlushable>([&] { order_ += "f"; });
  FakeTask killer([&] {
    task.reset();
    flush.reset();
  });
  loop_.Post(killer);
  loop_.Post(*task);
  loop_.FlushLater(*flush);
  loop_.RunUntilIdle();
  EXPECT_EQ(order_, "");
}

TEST_F(LoopTest, FlushesKeepTheirOrderAndRunOncePerTurn) {
  FakeFlushable a([&] { order_ += "a"; }), b([&] {
    order_ += "b";
    if (order_.size() < 5) loop_.FlushLater(a);
  });
  loop_.FlushLater(a);
  loop_.FlushLater(b);
  loop_.FlushLater(a);
  loop_.RunOnce(base::Duration::zero());
  EXPECT_EQ(order_, "ab");
  loop_.RunOnce(seconds(3600));  // listed from a flush: the next turn does not wait
  EXPECT_EQ(order_, "aba");
}

TEST_F(LoopTest, WhatADestructorHandsOverDiesInTheSameTurn) {
  struct Chain : Deferred {
    Chain(Loop& loop, std::string& order, int left) : loop(loop), order(order), left(left) {}
    ~Chain() override {
      order += static_cast<char>('0' + left);
      if (left > 0) loop.DestroyLater(std::make_unique<Chain>(loop, order, left - 1));
    }
    Loop& loop;
    std::string& order;
    int left;
  };
  loop_.DestroyLater(std::make_unique<Chain>(loop_, order_, 3));
  loop_.DestroyLater(nullptr);
  EXPECT_EQ(order_, "");
  loop_.RunOnce(base::Duration::zero());
  EXPECT_EQ(order_, "3210");
}

TEST_F(LoopTest, TimersFollowTheClockOfTheLoop) {
  struct : Timer::Handler {
    void OnTimer(Timer&) override { ++fired; }
    int fired = 0;
  } handler;
  Timer timer(loop_.timers(), handler);
  timer.ArmAt(loop_.now() + seconds(30));
  loop_.RunUntilIdle();
  EXPECT_EQ(handler.fired, 0);
  clock_.Advance(seconds(30) + TimerWheel::kTick);
  loop_.RunUntilIdle();
  EXPECT_EQ(handler.fired, 1);
  EXPECT_EQ(loop_.now(), clock_.Now());
}

TEST_F(LoopTest, ALongTurnShortensTheNextWait) {
  struct : Timer::Handler {
    void OnTimer(Timer&) override { ++fired; }
    int fired = 0;
  } handler;
  Timer timer(loop_.timers(), handler);
  timer.ArmAt(loop_.now() + seconds(20));
  FakeTask busy([&] { clock_.Advance(seconds(30)); });
  loop_.Post(busy);
  loop_.RunOnce(base::Duration::zero());
  const base::SystemClock real;
  const base::MonoTime started = real.Now();
  loop_.RunOnce(seconds(10));  // sleeps so long if it thinks that the turn took no time
  EXPECT_EQ(handler.fired, 1);
  EXPECT_LT(real.Now() - started, seconds(9));
}

TEST_F(LoopTest, StopFromAnotherThreadWakesASleepingLoop) {
  const base::SystemClock real;
  Loop loop(real);
  std::thread stopper([&] {
    loop.mailbox().Post([&] { order_ += "message"; });
    loop.Stop();
  });
  loop.Run();
  stopper.join();
  EXPECT_EQ(order_, "message");
}

TEST_F(LoopTest, WarmTurnsAllocateNothing) {
  Endpoint end(loop_, IoPass::kDownstream);
  struct : Timer::Handler {
    void OnTimer(Timer&) override {}
  } handler;
  Timer timer(loop_.timers(), handler);
  FakeTask task([] {});
  FakeFlushable flush([] {});
  end.action = [&] { end.Discard(); };
  const auto turn = [&] {
    end.Send("x");
    loop_.Post(task);
    loop_.FlushLater(flush);
    timer.ArmAt(loop_.now() + seconds(1));
    timer.ArmAt(loop_.now() + milliseconds(10));
    clock_.Advance(milliseconds(100));
    loop_.RunOnce(base::Duration::zero());
    timer.Disarm();
  };
  turn();
  const uint64_t before = test::AllocationCount();
  for (int i = 0; i < 1000; ++i) turn();
  EXPECT_EQ(test::AllocationCount(), before);
}

TEST_F(LoopTest, DestroysWhatItStillHoldsBeforeItsDescriptorsClose) {
  auto loop = std::make_unique<Loop>(clock_);
  struct Owner : Deferred {
    explicit Owner(Loop& loop) : end(loop, IoPass::kUpstream) {}
    Endpoint end;
  };
  loop->DestroyLater(std::make_unique<Owner>(*loop));
  auto shared = std::make_shared<Owner>(*loop);
  loop->mailbox().Post([shared] {});
  shared.reset();
  loop.reset();
}

TEST_F(LoopTest, MeasuresItsLongestTurnWhenAsked) {
  FakeTask busy([] {
    std::string text;
    for (int i = 0; i < 1'000'000; ++i) text += static_cast<char>(i);
  });
  loop_.Post(busy);
  loop_.RunUntilIdle();
  EXPECT_EQ(loop_.longest_turn(), base::Duration::zero());
  loop_.MeasureTurns();
  loop_.Post(busy);
  loop_.RunUntilIdle();
  EXPECT_GT(loop_.longest_turn(), base::Duration::zero());
  loop_.ResetLongestTurn();
  EXPECT_EQ(loop_.longest_turn(), base::Duration::zero());
}

}  // namespace
}  // namespace sluice::event
