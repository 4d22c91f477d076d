// Timers of one loop: a hierarchical wheel, 4 levels of 64 slots, tick 8 ms.
//
// A connection has one Timer and keeps its deadlines in fields: moving a deadline later only writes
// the field, and the timer re-arms itself when it fires too early (0 to 1 wheel operations per
// request). Timers fire up to one tick late, never early. Thread: the loop's.
#pragma once

#include <array>
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
  TimerWheel& wheel_;
  Handler& handler_;
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
  bool empty() const { return count_ == 0; }

 private:
  friend class Timer;
  static constexpr int kLevels = 4;
  static constexpr int kSlotBits = 6;
  static constexpr int kSlots = 1 << kSlotBits;
  void Insert(Timer& timer);
  void Erase(Timer& timer);

  base::MonoTime start_;
  uint64_t current_tick_ = 0;
  size_t count_ = 0;
  std::array<std::array<base::IntrusiveList<Timer, TimerTag>, kSlots>, kLevels> slots_;
  std::array<uint64_t, kLevels> occupied_{};
};

}  // namespace sluice::event
