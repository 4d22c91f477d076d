// Timers of one loop: a hierarchical wheel, 4 levels of 64 slots, tick 8 ms.
//
// A connection has one Timer and keeps its deadlines in fields: moving a deadline later only writes
// the field, and the timer re-arms itself when it fires too early (0 to 1 wheel operations per
// request). Timers fire up to one tick late, never early. Thread: the loop's.
//
// A tick has a number, counted from `start` in base 64. A timer lies in the level of the highest
// digit in which its tick differs from the current one, in the slot of that digit. So every
// occupied slot of a level is ahead of the current digit, all of level 0 is due before all of
// level 1, and the next event is found by one bit scan per level. What lies beyond four digits
// (37 hours) waits in a list of its own.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "dataplane/base/clock.h"
#include "dataplane/base/intrusive_list.h"

namespace sluice::event {

class TimerWheel;

struct TimerTag {};
// One deadline. Disarmed by its destructor. The callback may re-arm or destroy the timer.
class Timer : public base::ListNode<TimerTag> {
 public:
  class Handler {
   public:
    virtual void OnTimer(Timer& timer) = 0;

   protected:
    ~Handler() = default;
  };
  // `wheel` and `handler` outlive the timer.
  Timer(TimerWheel& wheel, Handler& handler) : wheel_(wheel), handler_(handler) {}
  ~Timer();
  Timer(const Timer&) = delete;
  Timer& operator=(const Timer&) = delete;

  // Replaces an earlier deadline. kNever disarms.
  void ArmAt(base::MonoTime deadline);
  void Disarm();
  bool armed() const { return linked(); }
  base::MonoTime deadline() const { return deadline_; }

 private:
  friend class TimerWheel;
  static constexpr uint8_t kNoSlot = 0xff;
  TimerWheel& wheel_;
  Handler& handler_;
  uint64_t scheduled_tick_ = 0;  // of the deadline it was placed by; the wheel looks by then
  uint8_t level_ = kNoSlot;      // kNoSlot: due or beyond the wheel
  uint8_t slot_ = 0;
  base::MonoTime deadline_ = base::kNever;
};

class TimerWheel final {
 public:
  static constexpr base::Duration kTick = std::chrono::milliseconds(8);
  explicit TimerWheel(base::MonoTime start);

  // Fires what is due at `now`, at most 256 timers a call (the rest next turn).
  void Advance(base::MonoTime now);
  // Time until the next slot that may hold a due timer; Duration::max() when none is armed. May be
  // earlier than the nearest deadline (cascading), never later.
  base::Duration UntilNext(base::MonoTime now) const;
  // The same as a moment: never late, perhaps early. kNever when none is armed, MonoTime::min()
  // when one is due.
  base::MonoTime NextAt() const;
  bool empty() const { return count_ == 0; }

 private:
  friend class Timer;
  static constexpr int kLevels = 4;
  static constexpr int kSlotBits = 6;
  static constexpr int kSlots = 1 << kSlotBits;
  using List = base::IntrusiveList<Timer, TimerTag>;
  uint64_t TickOf(base::MonoTime deadline) const;
  void Insert(Timer& timer);
  void Place(Timer& timer);
  void Erase(Timer& timer);
  // The next tick at which Advance has something to do; UINT64_MAX if none.
  uint64_t NextTick() const;
  // Makes `tick` current and moves what lies in its slot closer, or among the due.
  void StepTo(uint64_t tick);
  void Fire(Timer& timer);

  base::MonoTime start_;
  uint64_t current_tick_ = 0;
  size_t count_ = 0;
  std::array<std::array<List, kSlots>, kLevels> slots_;
  List due_;
  List beyond_;
  std::array<uint64_t, kLevels> occupied_{};
};

}  // namespace sluice::event
