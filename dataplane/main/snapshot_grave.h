// Where replaced snapshots wait until no request uses them, so that they are freed on the build
// thread: freeing ten thousand routes takes milliseconds, which no worker and no turn of the config
// loop may lose.
//
// Owner: LiveClusters. Thread: config. A long stream keeps its snapshot here; a look at it every
// kPeriod costs one load. When one was freed its clusters may be unused: the registry collects
// them. At the end of the process what is left is freed by whoever destroys this.
#pragma once

#include <memory>
#include <vector>

#include "dataplane/config/snapshot.h"
#include "dataplane/event/loop.h"
#include "dataplane/main/threads.h"
#include "dataplane/upstream/registry.h"

namespace sluice::main {

class SnapshotGrave final : private event::Timer::Handler {
 public:
  static constexpr base::Duration kPeriod = std::chrono::seconds(1);

  SnapshotGrave(Threads threads, upstream::Registry& registry)
      : threads_(threads), registry_(registry), timer_(threads.config.timers(), *this) {}

  // `snapshot` is no longer served; nullptr is ignored.
  void Bury(std::shared_ptr<const config::Snapshot> snapshot);
  // Frees `object` on the build thread if the caller's was the last reference to it.
  void Free(std::shared_ptr<const void> object);
  size_t size() const { return waiting_.size(); }

 private:
  void OnTimer(event::Timer& timer) override;

  const Threads threads_;
  upstream::Registry& registry_;
  std::vector<std::shared_ptr<const config::Snapshot>> waiting_;
  bool collect_again_ = false;  // some worker had not let go of what Collect wanted to free
  event::Timer timer_;
};

}  // namespace sluice::main
