// How long to wait before something is tried again: doubled each time, up to a cap.
//
// Values without a clock. Thread: one at a time.
#pragma once

#include "dataplane/base/clock.h"
#include "dataplane/base/random.h"

namespace sluice::xds {

class Backoff final {
 public:
  // 0 < `first` <= `cap`.
  Backoff(base::Duration first, base::Duration cap) : first_(first), cap_(cap), next_(first) {}

  // `first`, then twice as much each time, then `cap` for ever.
  base::Duration Next();
  // The same as an upper bound: uniform in [0, Next()), so that many clients of a server that came
  // back do not arrive together.
  base::Duration NextWithJitter(base::Random& random);
  // It went well: the next wait is `first` again.
  void Reset() { next_ = first_; }

 private:
  const base::Duration first_;
  const base::Duration cap_;
  base::Duration next_;
};

}  // namespace sluice::xds
