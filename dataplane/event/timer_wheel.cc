#include "dataplane/event/timer_wheel.h"

#include <algorithm>
#include <bit>

namespace sluice::event {
namespace {

constexpr int kMaxFiredPerCall = 256;

}  // namespace

Timer::~Timer() { Disarm(); }

void Timer::ArmAt(base::MonoTime deadline) {
  if (deadline == base::kNever) {
    Disarm();
    return;
  }
  deadline_ = deadline;
  if (armed()) {
    // Later than planned: the wheel looks at it at the old time and then moves it.
    if (wheel_.TickOf(deadline) >= scheduled_tick_) return;
    wheel_.Erase(*this);
  }
  wheel_.Insert(*this);
}

void Timer::Disarm() {
  deadline_ = base::kNever;
  if (armed()) wheel_.Erase(*this);
}

TimerWheel::TimerWheel(base::MonoTime start) : start_(start) {}

uint64_t TimerWheel::TickOf(base::MonoTime deadline) const {
  if (deadline <= start_) return 0;
  const uint64_t since = static_cast<uint64_t>((deadline - start_).count());
  const uint64_t tick = static_cast<uint64_t>(kTick.count());
  return since / tick + (since % tick != 0 ? 1 : 0);
}

void TimerWheel::Insert(Timer& timer) {
  ++count_;
  Place(timer);
}

void TimerWheel::Place(Timer& timer) {
  timer.scheduled_tick_ = TickOf(timer.deadline_);
  timer.level_ = Timer::kNoSlot;
  if (timer.scheduled_tick_ <= current_tick_) {
    timer.scheduled_tick_ = current_tick_;
    due_.PushBack(timer);
    return;
  }
  const uint64_t differs = timer.scheduled_tick_ ^ current_tick_;
  const int level = (std::bit_width(differs) - 1) / kSlotBits;
  if (level >= kLevels) {
    beyond_.PushBack(timer);
    return;
  }
  timer.level_ = static_cast<uint8_t>(level);
  timer.slot_ = (timer.scheduled_tick_ >> (kSlotBits * level)) & (kSlots - 1);
  slots_[level][timer.slot_].PushBack(timer);
  occupied_[level] |= uint64_t{1} << timer.slot_;
}

void TimerWheel::Erase(Timer& timer) {
  --count_;
  timer.Unlink();
  if (timer.level_ == Timer::kNoSlot) return;
  if (slots_[timer.level_][timer.slot_].empty()) {
    occupied_[timer.level_] &= ~(uint64_t{1} << timer.slot_);
  }
}

uint64_t TimerWheel::NextTick() const {
  for (int level = 0; level < kLevels; ++level) {
    if (occupied_[level] == 0) continue;
    const int shift = kSlotBits * level;
    const uint64_t slot = static_cast<uint64_t>(std::countr_zero(occupied_[level]));
    return (((current_tick_ >> (shift + kSlotBits)) << kSlotBits) | slot) << shift;
  }
  if (beyond_.empty()) return UINT64_MAX;
  return ((current_tick_ >> (kSlotBits * kLevels)) + 1) << (kSlotBits * kLevels);
}

void TimerWheel::StepTo(uint64_t tick) {
  List moved;
  for (int level = 0; level < kLevels; ++level) {
    if (occupied_[level] == 0) continue;
    const int slot = std::countr_zero(occupied_[level]);
    moved.Splice(slots_[level][slot]);
    occupied_[level] &= occupied_[level] - 1;
    break;
  }
  if (moved.empty()) moved.Splice(beyond_);
  current_tick_ = tick;
  // Placed by its present deadline: one that was moved later goes where it belongs now.
  while (!moved.empty()) Place(moved.PopFront());
}

void TimerWheel::Fire(Timer& timer) {
  if (TickOf(timer.deadline_) > current_tick_) {
    Place(timer);
    return;
  }
  --count_;
  timer.deadline_ = base::kNever;
  timer.handler_.OnTimer(timer);
}

void TimerWheel::Advance(base::MonoTime now) {
  // Nearly every turn. The current tick may stay behind while no occupied slot is passed.
  if (now < NextAt()) return;
  const uint64_t target = now <= start_ ? 0 : static_cast<uint64_t>((now - start_) / kTick);
  for (uint64_t next = NextTick(); next <= target; next = NextTick()) StepTo(next);
  current_tick_ = std::max(current_tick_, target);
  // A callback that arms a deadline in the past must not keep us here: that goes on `due_`, while
  // we empty `firing`.
  List firing;
  firing.Splice(due_);
  for (int left = kMaxFiredPerCall; left > 0 && !firing.empty(); --left) Fire(firing.PopFront());
  firing.Splice(due_);
  due_.Splice(firing);
}

base::MonoTime TimerWheel::NextAt() const {
  if (!due_.empty()) return base::MonoTime::min();
  const uint64_t tick = NextTick();
  return tick == UINT64_MAX ? base::kNever : start_ + kTick * static_cast<int64_t>(tick);
}

base::Duration TimerWheel::UntilNext(base::MonoTime now) const {
  const base::MonoTime at = NextAt();
  if (at <= now) return base::Duration::zero();
  return at == base::kNever ? base::Duration::max() : at - now;
}

}  // namespace sluice::event
