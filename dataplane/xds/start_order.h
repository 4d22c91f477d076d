// In which order the first configuration is fetched (xds.md R64): clusters, their endpoints,
// listeners, their routes. Each step is bounded by initial_fetch_timeout (R55); the listeners open
// when the last one is done. On a committing stream there is one step, up to the first revision
// that is served. Pure. Thread: config.
#pragma once

#include <cstdint>

namespace sluice::xds {

class StartOrder final {
 public:
  enum class Step : uint8_t { kClusters, kEndpoints, kListeners, kRoutes, kDone };

  // What has come so far.
  struct Progress {
    bool clusters = false;   // one update, or its refusal
    bool endpoints = false;  // all that the clusters refer to, or are known not to exist
    bool listeners = false;
    bool routes = false;
  };

  Step step() const { return step_; }
  bool done() const { return step_ == Step::kDone; }
  // Listeners are wanted from here on.
  bool WantsListeners() const { return step_ >= Step::kListeners; }
  // True: the step changed. One step at a time, because what comes next may have been there.
  bool Advance(const Progress& progress);
  // The step took too long. `heard`: the server has ever said anything; if not, waiting for the
  // next type is vain as well.
  void Expire(bool heard);
  void Finish() { step_ = Step::kDone; }

 private:
  Step step_ = Step::kClusters;
};

}  // namespace sluice::xds
