#include "dataplane/event/timer_wheel.h"

#include <gtest/gtest.h>

#include <functional>
#include <memory>
#include <vector>

#include "dataplane/base/random.h"

namespace sluice::event {
namespace {

using std::chrono::hours;
using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr base::MonoTime kStart(seconds(1000));

class Probe final : public Timer::Handler {
 public:
  explicit Probe(TimerWheel& wheel) : timer(wheel, *this) {}
  void OnTimer(Timer&) override {
    ++fired;
    if (action) action();
  }
  Timer timer;
  int fired = 0;
  std::function<void()> action;
};

TEST(TimerWheelTest, FiresNotBeforeTheDeadlineAndAtMostOneTickLate) {
  for (const base::Duration delay :
       {base::Duration(1), base::Duration(milliseconds(8)), base::Duration(milliseconds(100)),
        base::Duration(seconds(5)), base::Duration(hours(3)), base::Duration(hours(100))}) {
    TimerWheel wheel(kStart);
    Probe probe(wheel);
    const base::MonoTime deadline = kStart + delay;
    probe.timer.ArmAt(deadline);
    wheel.Advance(deadline - base::Duration(1));
    EXPECT_EQ(probe.fired, 0) << delay.count();
    wheel.Advance(deadline + TimerWheel::kTick);
    EXPECT_EQ(probe.fired, 1) << delay.count();
    EXPECT_FALSE(probe.timer.armed());
    EXPECT_TRUE(wheel.empty());
  }
}

TEST(TimerWheelTest, ADeadlineInThePastFiresAtTheNextAdvance) {
  TimerWheel wheel(kStart);
  wheel.Advance(kStart + seconds(10));
  Probe probe(wheel);
  probe.timer.ArmAt(kStart + seconds(3));
  EXPECT_EQ(wheel.UntilNext(kStart + seconds(10)), base::Duration::zero());
  wheel.Advance(kStart + seconds(10));
  EXPECT_EQ(probe.fired, 1);
}

TEST(TimerWheelTest, MovingADeadlineLaterKeepsItsPlaceUntilThatComes) {
  TimerWheel wheel(kStart);
  Probe probe(wheel);
  probe.timer.ArmAt(kStart + seconds(1));
  probe.timer.ArmAt(kStart + seconds(9));
  EXPECT_EQ(probe.timer.deadline(), kStart + seconds(9));
  // The wheel was not touched: it still wants to look after one second.
  EXPECT_LE(wheel.UntilNext(kStart), seconds(1) + TimerWheel::kTick);
  wheel.Advance(kStart + seconds(2));
  EXPECT_EQ(probe.fired, 0);
  EXPECT_GT(wheel.UntilNext(kStart + seconds(2)), base::Duration::zero());
  wheel.Advance(kStart + seconds(9) + TimerWheel::kTick);
  EXPECT_EQ(probe.fired, 1);
}

TEST(TimerWheelTest, MovingADeadlineEarlierTakesEffectAtOnce) {
  TimerWheel wheel(kStart);
  Probe probe(wheel);
  probe.timer.ArmAt(kStart + hours(2));
  probe.timer.ArmAt(kStart + seconds(1));
  wheel.Advance(kStart + seconds(1) + TimerWheel::kTick);
  EXPECT_EQ(probe.fired, 1);
}

TEST(TimerWheelTest, DisarmedAndDestroyedTimersDoNotFire) {
  TimerWheel wheel(kStart);
  Probe disarmed(wheel), never(wheel);
  disarmed.timer.ArmAt(kStart + seconds(1));
  disarmed.timer.Disarm();
  never.timer.ArmAt(kStart + seconds(1));
  never.timer.ArmAt(base::kNever);
  auto destroyed = std::make_unique<Probe>(wheel);
  destroyed->timer.ArmAt(kStart + seconds(1));
  destroyed.reset();
  EXPECT_TRUE(wheel.empty());
  EXPECT_EQ(wheel.UntilNext(kStart), base::Duration::max());
  wheel.Advance(kStart + seconds(2));
  EXPECT_EQ(disarmed.fired + never.fired, 0);
}

TEST(TimerWheelTest, ACallbackMayDisarmDestroyAndReArm) {
  TimerWheel wheel(kStart);
  Probe first(wheel), second(wheel);
  auto third = std::make_unique<Probe>(wheel);
  first.timer.ArmAt(kStart + milliseconds(8));
  second.timer.ArmAt(kStart + milliseconds(8));
  third->timer.ArmAt(kStart + milliseconds(8));
  first.action = [&] {
    second.timer.Disarm();
    third.reset();
    if (first.fired == 1) first.timer.ArmAt(kStart);  // in the past
  };
  wheel.Advance(kStart + milliseconds(8));
  EXPECT_EQ(first.fired, 1);  // the re-armed one waits for the next call
  EXPECT_EQ(second.fired, 0);
  wheel.Advance(kStart + milliseconds(8));
  EXPECT_EQ(first.fired, 2);
  EXPECT_TRUE(wheel.empty());
}

TEST(TimerWheelTest, ACallbackMayMoveATimerThatIsDueInTheSameCall) {
  TimerWheel wheel(kStart);
  Probe first(wheel), second(wheel);
  first.timer.ArmAt(kStart + milliseconds(8));
  second.timer.ArmAt(kStart + milliseconds(8));
  first.action = [&] { second.timer.ArmAt(kStart + seconds(1)); };
  wheel.Advance(kStart + milliseconds(8));
  EXPECT_EQ(second.fired, 0);
  wheel.Advance(kStart + seconds(1) + TimerWheel::kTick);
  EXPECT_EQ(second.fired, 1);
}

TEST(TimerWheelTest, FiresAtMost256PerCallAndTheRestFirstInTheNext) {
  TimerWheel wheel(kStart);
  std::vector<std::unique_ptr<Probe>> probes;
  std::vector<size_t> order;
  for (size_t i = 0; i < 600; ++i) {
    probes.push_back(std::make_unique<Probe>(wheel));
    probes.back()->action = [&order, i] { order.push_back(i); };
    probes.back()->timer.ArmAt(kStart + milliseconds(8));
  }
  const base::MonoTime now = kStart + milliseconds(8);
  for (const size_t expected : {256u, 512u, 600u}) {
    EXPECT_EQ(wheel.UntilNext(now), base::Duration::zero());
    wheel.Advance(now);
    EXPECT_EQ(order.size(), expected);
  }
  for (size_t i = 0; i < order.size(); ++i) ASSERT_EQ(order[i], i);
  EXPECT_EQ(wheel.UntilNext(now), base::Duration::max());
}

// Random timers that are armed, moved and disarmed, against a plain list of deadlines.
class Model {
 public:
  explicit Model(uint64_t seed) : random_(seed), wheel_(kStart) {
    for (int i = 0; i < 200; ++i) probes_.push_back(std::make_unique<Probe>(wheel_));
    deadlines_.resize(probes_.size(), base::kNever);
    for (size_t i = 0; i < probes_.size(); ++i) {
      probes_[i]->action = [this, i] {
        EXPECT_NE(deadlines_[i], base::kNever) << "a disarmed timer fired";
        EXPECT_GE(now_, deadlines_[i]) << "early";
        deadlines_[i] = base::kNever;
        if (random_.Below(3) == 0) Arm(i);
      };
    }
  }

  void Step() {
    for (uint64_t n = random_.Below(20); n > 0; --n) {
      const size_t i = random_.Below(probes_.size());
      if (random_.Below(5) == 0) {
        probes_[i]->timer.Disarm();
        deadlines_[i] = base::kNever;
      } else {
        Arm(i);
      }
    }
    VerifyUntilNext();
    now_ += base::Duration(random_.Below(Scale()));
    wheel_.Advance(now_);
    for (const base::MonoTime deadline : deadlines_) {
      ASSERT_TRUE(deadline == base::kNever || now_ < deadline + TimerWheel::kTick) << "late";
    }
  }

 private:
  uint64_t Scale() {
    static constexpr int64_t kScales[] = {1'000'000, 100'000'000, 10'000'000'000,
                                          10'000'000'000'000, 1'000'000'000'000'000};
    return kScales[random_.Below(std::size(kScales))];
  }
  void Arm(size_t i) {
    deadlines_[i] = now_ + base::Duration(random_.Below(Scale()));
    probes_[i]->timer.ArmAt(deadlines_[i]);
  }
  void VerifyUntilNext() {
    base::MonoTime nearest = base::kNever;
    for (const base::MonoTime deadline : deadlines_) nearest = std::min(nearest, deadline);
    const base::Duration until = wheel_.UntilNext(now_);
    if (nearest == base::kNever) {
      ASSERT_EQ(until, base::Duration::max());
    } else {
      ASSERT_LE(until, std::max(base::Duration::zero(), nearest - now_) + TimerWheel::kTick);
    }
  }

  base::Random random_;
  base::MonoTime now_ = kStart;
  TimerWheel wheel_;
  std::vector<std::unique_ptr<Probe>> probes_;
  std::vector<base::MonoTime> deadlines_;
};

TEST(TimerWheelTest, AgreesWithAListOfDeadlinesOverRandomHistories) {
  for (uint64_t seed = 0; seed < 20; ++seed) {
    SCOPED_TRACE(seed);
    Model model(seed);
    for (int step = 0; step < 2000; ++step) {
      model.Step();
      if (testing::Test::HasFailure()) return;
    }
  }
}

}  // namespace
}  // namespace sluice::event
