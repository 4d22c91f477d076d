#include "dataplane/http2/frame_budget.h"

#include <utility>

namespace sluice::http2 {

void ControlQueue::Written(uint64_t position) {
  if (position >= newer_end_) {
    older_ = newer_ = 0;
    return;
  }
  if (older_ != 0 && position < older_end_) return;
  older_ = std::exchange(newer_, 0);
  older_end_ = newer_end_;
}

}  // namespace sluice::http2
