// Time as the data plane uses it: typed with std::chrono, so that a unit is never a comment.
//
// `MonoTime` is CLOCK_MONOTONIC and drives every timeout; wall time is only written into logs and
// Date fields. A loop reads the clock once per turn and hands the cached value around, because a
// clock read costs about 30 ns. `Clock` is a virtual seam with two implementations: `SystemClock`
// here and `ManualClock` in test/support.
#pragma once

#include <chrono>

namespace sluice::base {

using Duration = std::chrono::nanoseconds;

// Tag type for MonoTime; it has no now() on purpose: time comes from a Clock.
struct MonoClock {
  using duration = Duration;
  using rep = duration::rep;
  using period = duration::period;
  using time_point = std::chrono::time_point<MonoClock, duration>;
  static constexpr bool is_steady = true;
};
using MonoTime = MonoClock::time_point;

// Later than every deadline: "no timeout".
inline constexpr MonoTime kNever = MonoTime::max();

// Thread-safe: implementations keep no state that two callers could tear.
class Clock {
 public:
  virtual ~Clock() = default;
  // Never goes back.
  virtual MonoTime Now() const = 0;
  // Time since the Unix epoch; may jump.
  virtual std::chrono::system_clock::time_point WallNow() const = 0;
};

class SystemClock final : public Clock {
 public:
  MonoTime Now() const override;
  std::chrono::system_clock::time_point WallNow() const override;
};

}  // namespace sluice::base
