#include "dataplane/main/snapshot_grave.h"

#include <algorithm>
#include <utility>

namespace sluice::main {

void SnapshotGrave::Bury(std::shared_ptr<const config::Snapshot> snapshot) {
  // Twice the same would wait for itself.
  if (snapshot == nullptr ||
      std::find(waiting_.begin(), waiting_.end(), snapshot) != waiting_.end())
    return;
  waiting_.push_back(std::move(snapshot));
  if (!timer_.armed()) timer_.ArmAt(threads_.config.now() + kPeriod);
}

void SnapshotGrave::Free(std::shared_ptr<const void> object) {
  // The message holds the reference, and the mailbox destroys it there.
  if (object != nullptr) threads_.build.mailbox().Post([object = std::move(object)] {});
}

void SnapshotGrave::OnTimer(event::Timer&) {
  bool freed = false;
  std::erase_if(waiting_, [&](std::shared_ptr<const config::Snapshot>& snapshot) {
    if (snapshot.use_count() > 1) return false;
    Free(std::move(snapshot));
    freed = true;
    return true;
  });
  if (freed) {
    // Behind the freeing itself, because the snapshot holds its clusters.
    threads_.build.mailbox().Post([this] {
      threads_.config.mailbox().Post([this] {
        collect_again_ = registry_.Collect() > 0;
        if (collect_again_ && !timer_.armed()) timer_.ArmAt(threads_.config.now() + kPeriod);
      });
    });
  } else if (collect_again_) {
    collect_again_ = registry_.Collect() > 0;
  }
  if (!waiting_.empty() || collect_again_) timer_.ArmAt(threads_.config.now() + kPeriod);
}

}  // namespace sluice::main
