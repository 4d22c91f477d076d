#include "controlplane/strand/throttle.h"

namespace sluice::strand {

Throttle::Throttle(Strand& strand, base::Duration pause, std::function<void()> run)
    : strand_(strand), pause_(pause), run_(std::move(run)) {}

void Throttle::Ask() {
  if (pausing_) {
    asked_ = true;
    return;
  }
  RunAndPause();
}

void Throttle::RunAndPause() {
  pausing_ = true;
  run_();
  strand_.After(pause_, [this, alive = alive_] {
    if (!*alive) return;
    pausing_ = false;
    if (std::exchange(asked_, false)) RunAndPause();
  });
}

}  // namespace sluice::strand
