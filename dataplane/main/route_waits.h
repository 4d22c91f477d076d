// How long listeners wait for route configurations that have not come (xds.md R55, R59).
//
// Owner: LiveConfig. Thread: config. State: each name that the last draft missed, with the end of
// its wait. When one is over the name is given up: its listeners serve without routes, until the
// routes come. A restart begins the waits anew.
#pragma once

#include <functional>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "dataplane/event/loop.h"

namespace sluice::main {

class RouteWaits final : private event::Timer::Handler {
 public:
  // `limit` zero waits for ever. `on_over` is called when names were given up.
  RouteWaits(event::Loop& loop, base::Duration limit, std::function<void()> on_over)
      : loop_(loop), limit_(limit), on_over_(std::move(on_over)), timer_(loop.timers(), *this) {}

  // What the newest draft misses, given_up() left out; waits that go on keep their end.
  void Follow(const std::vector<std::string>& missing);
  // A name that came is no longer given up: it may be removed and missed again.
  void Forget(const std::string& name) { given_up_.erase(name); }
  const std::set<std::string>& given_up() const { return given_up_; }
  bool empty() const { return ends_.empty(); }

 private:
  void OnTimer(event::Timer& timer) override;
  void Arm();

  event::Loop& loop_;
  const base::Duration limit_;
  std::function<void()> on_over_;
  std::map<std::string, base::MonoTime> ends_;
  std::set<std::string> given_up_;
  event::Timer timer_;
};

}  // namespace sluice::main
