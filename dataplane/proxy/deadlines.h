// All deadlines of one downstream connection on one timer.
//
// Setting a deadline writes a field; the timer is only touched when the new deadline is earlier
// than what it is armed for. When it fires before anything is due it re-arms for the nearest.
// Thread: the connection's worker.
#pragma once

#include <algorithm>
#include <array>

#include "dataplane/event/timer_wheel.h"

namespace sluice::proxy {

// Why a connection is looked at; each has its own counter and details code.
enum class Deadline : uint8_t {
  kHead,        // a request head began and is not complete (408 request_header_timeout)
  kBody,        // no byte of a request body (408 request_body_timeout)
  kRequest,     // request_timeout: the whole request (408)
  kRoute,       // request complete to response complete (504 response_timeout)
  kStreamIdle,  // no byte in either direction of an exchange (504/408 stream_idle_timeout)
  kStreamAge,   // max_stream_duration: the whole exchange (408 max_duration_timeout)
  kWrite,       // the client takes no byte (close)
  kIdle,        // nothing to do (close)
  kAge,         // the connection is old (close after the current response)
  kLinger,      // delayed_close_timeout: half-closed, reading what is left (close)
  kCount,
};

class Deadlines final {
 public:
  Deadlines(event::TimerWheel& wheel, event::Timer::Handler& handler) : timer_(wheel, handler) {
    at_.fill(base::kNever);
  }

  void Set(Deadline which, base::MonoTime when) {
    at_[static_cast<size_t>(which)] = when;
    if (when < timer_.deadline() || !timer_.armed()) {
      if (when != base::kNever) timer_.ArmAt(when);
    }
  }
  // Zero means "no timeout", as in xDS.
  void SetIn(Deadline which, base::MonoTime now, base::Duration in) {
    Set(which, in == base::Duration::zero() ? base::kNever : now + in);
  }
  void Clear(Deadline which) { at_[static_cast<size_t>(which)] = base::kNever; }
  bool IsDue(Deadline which, base::MonoTime now) const {
    return at_[static_cast<size_t>(which)] <= now;
  }
  // After the timer fired: arms it for the nearest deadline that is left.
  void Rearm() {
    const base::MonoTime next = *std::min_element(at_.begin(), at_.end());
    if (next != base::kNever) timer_.ArmAt(next);
  }

 private:
  event::Timer timer_;
  std::array<base::MonoTime, static_cast<size_t>(Deadline::kCount)> at_;
};

}  // namespace sluice::proxy
