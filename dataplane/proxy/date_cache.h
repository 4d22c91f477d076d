// The Date field's value (RFC 9110 6.6.1), made once per second per worker. Thread: one worker.
#pragma once

#include <string_view>

#include "dataplane/base/clock.h"
#include "dataplane/http/date.h"

namespace sluice::proxy {

class DateCache final {
 public:
  // `clock` outlives the cache.
  explicit DateCache(const base::Clock& clock) : clock_(clock) {}
  // `now` is the loop's cached time. The text changes with the first call of a later second.
  std::string_view Get(base::MonoTime now);

 private:
  const base::Clock& clock_;
  base::MonoTime good_until_{};
  http::DateText text_{};
};

}  // namespace sluice::proxy
