// The Date field's value (RFC 9110 6.6.1), made once per second per worker. Thread: one worker.
#pragma once

#include <string>
#include <string_view>

#include "dataplane/base/clock.h"

namespace sluice::proxy {

class DateCache final {
 public:
  // `clock` outlives the cache.
  explicit DateCache(const base::Clock& clock) : clock_(clock) {}
  // The whole field line, for Head::AppendLine. `now` is the loop's cached time. The text changes
  // in place with the first call of a later second.
  std::string_view Get(base::MonoTime now);

 private:
  const base::Clock& clock_;
  base::MonoTime good_until_{};
  std::string line_;
};

}  // namespace sluice::proxy
