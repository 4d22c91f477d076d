// Gives the memory of a burst back: trims a worker's block pool while much of it lies unused.
//
// Owner and thread: the worker. Costs the request path nothing: at the end of a turn it looks at
// one number, and a timer runs only while more than kKept lies on the free lists. A worker that
// keeps using its blocks keeps them, because BlockPool::Trim frees what one whole period did not
// need; one that went idle has at most kKept after two periods, and is not woken again.
#pragma once

#include <cstddef>

#include "dataplane/buffer/block_pool.h"
#include "dataplane/event/loop.h"

namespace sluice::worker {

class PoolTrimmer final : private event::Timer::Handler {
 public:
  static constexpr base::Duration kPeriod = std::chrono::seconds(5);
  static constexpr size_t kKept = 1024 * 1024;  // bytes: a worker at rest starts warm

  // Both outlive it.
  PoolTrimmer(event::Loop& loop, buffer::BlockPool& pool)
      : loop_(loop), pool_(pool), timer_(loop.timers(), *this) {}

  void EndTurn() {
    if (pool_.bytes_free() > kKept && !timer_.armed()) timer_.ArmAt(loop_.now() + kPeriod);
  }

 private:
  void OnTimer(event::Timer&) override { pool_.Trim(kKept); }

  event::Loop& loop_;
  buffer::BlockPool& pool_;
  event::Timer timer_;
};

}  // namespace sluice::worker
