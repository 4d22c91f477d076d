// Work that many events ask for and that one run does for all of them: run at once, and then at most
// once in a while.
//
// Owner: whoever has the events; thread: the strand. An event while nothing is held back runs the
// work within the call; those that come within `pause` of a run share the next one, at its end. Of a
// thousand events at once two runs are left. What is due when the strand stops is dropped.
#pragma once

#include <functional>
#include <memory>
#include <utility>

#include "controlplane/strand/strand.h"

namespace sluice::strand {

class Throttle final {
 public:
  // `strand` outlives this; `run` must not call back.
  Throttle(Strand& strand, base::Duration pause, std::function<void()> run);
  ~Throttle() { *alive_ = false; }
  Throttle(const Throttle&) = delete;
  Throttle& operator=(const Throttle&) = delete;

  // There is something to run for.
  void Ask();

 private:
  void RunAndPause();

  Strand& strand_;
  const base::Duration pause_;
  const std::function<void()> run_;
  bool pausing_ = false;
  bool asked_ = false;  // within the pause
  std::shared_ptr<bool> alive_ = std::make_shared<bool>(true);  // the timer may come later
};

}  // namespace sluice::strand
