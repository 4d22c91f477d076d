#include "dataplane/upstream/outlier_counts.h"

namespace sluice::upstream {

OutlierCounts::~OutlierCounts() {
  for (Block* block = blocks_.load(std::memory_order_acquire); block != nullptr;) {
    Block* const next = block->next;
    delete block;
    block = next;
  }
}

OutlierCounts::Block& OutlierCounts::BlockOf(uint32_t worker) {
  for (Block* block = blocks_.load(std::memory_order_acquire); block != nullptr;
       block = block->next) {
    if (block->worker == worker) return *block;
  }
  // Once per worker and endpoint; other workers may add theirs at the same time.
  auto* const block = new Block(worker);
  block->next = blocks_.load(std::memory_order_relaxed);
  while (!blocks_.compare_exchange_weak(block->next, block, std::memory_order_release,
                                        std::memory_order_relaxed)) {
  }
  return *block;
}

OutlierVolume OutlierCounts::answers() const {
  OutlierVolume sum;
  for (const Block* b = blocks_.load(std::memory_order_acquire); b != nullptr; b = b->next) {
    // Good ones first: one that is counted in between must not make more good than there are.
    sum.good += b->good_answers.value();
    sum.all += b->answers.value();
  }
  return sum;
}

OutlierVolume OutlierCounts::attempts() const {
  OutlierVolume sum;
  for (const Block* b = blocks_.load(std::memory_order_acquire); b != nullptr; b = b->next) {
    sum.good += b->good_attempts.value();
    sum.all += b->attempts.value();
  }
  return sum;
}

}  // namespace sluice::upstream
