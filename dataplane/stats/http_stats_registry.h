// All HttpStatsSets of the process by stat_prefix: one place that makes them, one that lists them.
//
// Threads: Get on the config or build thread, ForEach on the admin's; a mutex between the two, which
// no worker ever takes. A set lives for ever: a prefix that comes back finds its counts.
#pragma once

#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "dataplane/stats/http_stats.h"

namespace sluice::stats {

class HttpStatsRegistry final {
 public:
  explicit HttpStatsRegistry(uint32_t workers) : workers_(workers) {}

  std::shared_ptr<HttpStatsSet> Get(const std::string& prefix);
  // Calls f(const HttpStatsSet&) for each, in the order they were made.
  template <typename F>
  void ForEach(F&& f) const {
    std::lock_guard lock(mutex_);
    for (const auto& set : sets_) f(*set);
  }

 private:
  const uint32_t workers_;
  mutable std::mutex mutex_;
  std::vector<std::shared_ptr<HttpStatsSet>> sets_;
};

}  // namespace sluice::stats
