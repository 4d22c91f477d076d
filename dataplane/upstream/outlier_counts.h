// What the workers saw of one endpoint, for outlier detection: failures in a row, and how many
// requests there were and how many were good.
//
// Owner: the Endpoint, so it outlives pools, revisions and updates. Threads: the words of failures
// in a row are shared by all workers; a success reads them and writes only what is not zero, so a
// healthy endpoint costs no shared write. The volumes are cells of one worker each, in blocks that
// stay until the endpoint goes; the config thread sums them and looks at differences. A count that
// two workers change at once may be one off, which thresholds of a few do not mind; each threshold
// is reached by exactly one of them. Nothing survives a restart.
#pragma once

#include <atomic>
#include <cstdint>

#include "dataplane/stats/counter.h"
#include "dataplane/upstream/outlier_spec.h"

namespace sluice::upstream {

// Requests so far; `good` of `all`.
struct OutlierVolume {
  uint64_t all = 0;
  uint64_t good = 0;
  OutlierVolume operator-(const OutlierVolume& before) const {
    return {all - before.all, good - before.good};
  }
};

class OutlierCounts final {
 public:
  // Of one worker.
  struct alignas(64) Block {
    explicit Block(uint32_t w) : worker(w) {}
    const uint32_t worker;
    Block* next = nullptr;
    stats::Counter answers, good_answers;
    stats::Counter attempts, good_attempts;  // of local origin; only with split_local
  };

  OutlierCounts() = default;
  ~OutlierCounts();
  OutlierCounts(const OutlierCounts&) = delete;
  OutlierCounts& operator=(const OutlierCounts&) = delete;

  // ---- Workers ----
  // The block of `worker`, made at its first call; only that worker calls this.
  Block& BlockOf(uint32_t worker);
  // One more failure of that kind in a row; true for whoever makes it `threshold`.
  bool Fail(Ejection consecutive, uint32_t threshold) {
    return word(consecutive).fetch_add(1, std::memory_order_relaxed) + 1 == threshold;
  }
  void Succeed(Ejection consecutive) {
    std::atomic<uint32_t>& in_a_row = word(consecutive);
    if (in_a_row.load(std::memory_order_relaxed) == 0) return;
    in_a_row.store(0, std::memory_order_relaxed);
  }

  // ---- Config thread ----
  // The run of that kind was dealt with: it counts from zero again.
  void Reset(Ejection consecutive) { word(consecutive).store(0, std::memory_order_relaxed); }
  OutlierVolume answers() const;
  OutlierVolume attempts() const;

 private:
  // `consecutive` is one of the first three.
  std::atomic<uint32_t>& word(Ejection consecutive) {
    return in_a_row_[static_cast<size_t>(consecutive)];
  }

  alignas(64) std::array<std::atomic<uint32_t>, 3> in_a_row_{};
  std::atomic<Block*> blocks_{nullptr};
};

}  // namespace sluice::upstream
