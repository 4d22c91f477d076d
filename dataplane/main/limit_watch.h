// Tells the operator that a limit of a cluster is nearly used up, before the first refusal.
//
// A worker that takes the unit which makes four fifths of a limit used calls Near once (breaker.h);
// the line is written by the config thread. Every kInterval this looks at the limits it told of, and
// those of which less than three fifths are in use may be told again: a limit that is touched all
// the time costs a line each kInterval at most.
// Owner: the Server. Threads: Near on any worker, the rest on the config thread. A revision that
// changes a limit changes what counts as near with the next unit; a cluster that is gone is
// forgotten. A delayed config thread writes late. A restart begins without warnings.
#pragma once

#include <set>
#include <string>
#include <utility>

#include "dataplane/event/loop.h"
#include "dataplane/upstream/registry.h"

namespace sluice::main {

class LimitWatch final : private event::Timer::Handler {
 public:
  static constexpr auto kInterval = std::chrono::seconds(10);

  // Both outlive this object, which the config thread must not run any more when it is destroyed.
  LimitWatch(event::Loop& config, upstream::Registry& registry)
      : config_(config), registry_(registry), timer_(config.timers(), *this) {}

  // Any thread.
  void Near(const std::string& cluster, upstream::Limit limit, uint32_t in_use, uint32_t most);

 private:
  void Tell(const std::string& cluster, upstream::Limit limit, uint32_t in_use, uint32_t most);
  void OnTimer(event::Timer& timer) override;
  // True: it may be told again, or there is nothing to tell of.
  bool IsOver(const std::string& cluster, upstream::Limit limit);

  event::Loop& config_;
  upstream::Registry& registry_;
  event::Timer timer_;
  std::set<std::pair<std::string, upstream::Limit>> told_;
};

}  // namespace sluice::main
