// A clock that stands still until the test moves it. Thread-safe.
#pragma once

#include <atomic>

#include "dataplane/base/clock.h"

namespace sluice::test {

class ManualClock final : public base::Clock {
 public:
  base::MonoTime Now() const override { return base::MonoTime(base::Duration(now_.load())); }
  // Moves with Now; begins on 2026-01-01 00:00:00 UTC.
  std::chrono::system_clock::time_point WallNow() const override;

  // `by` >= 0.
  void Advance(base::Duration by);
  // Moves only the wall clock, in any direction: someone set the time.
  void JumpWall(base::Duration by) { wall_jump_ += by.count(); }

 private:
  std::atomic<int64_t> now_{1'000'000'000'000};  // not zero, so that arithmetic below it works
  std::atomic<int64_t> wall_jump_{0};
};

}  // namespace sluice::test
