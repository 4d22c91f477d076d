// What changes about one endpoint while it serves: three atomics that every pick reads in place.
//
// Owner: the upstream::Endpoint, so it survives revisions and tables; nothing is rebuilt when one of
// them changes. Threads: `health` and `healthy_since` are written by the config thread only, through
// LevelChoice (level_choice.h), which keeps its counts in step; any worker reads them. `active` is
// written by all workers where the cluster's policy asks for it, and has its own cache line for that.
// A worker that is late reads the old byte for a turn; nothing survives a restart.
#pragma once

#include <atomic>
#include <cstdint>
#include <span>

#include "dataplane/base/clock.h"

namespace sluice::balance {

// The effective health of an endpoint: assigned health now, active checks and ejection later.
enum class Health : uint8_t {
  kHealthy = 0,
  kDegraded = 1,   // used only when too few are healthy
  kUnhealthy = 2,  // used only in panic
};

// Whom a pick may return: one bit for each Health.
enum class Serve : uint8_t {
  kNobody = 0,
  kHealthy = 1,
  kDegraded = 2,
  kUsable = 3,
  kAnybody = 7,  // panic
};

constexpr bool Allows(Serve serve, Health health) {
  return ((static_cast<unsigned>(serve) >> static_cast<unsigned>(health)) & 1) != 0;
}

struct EndpointState {
  // Long enough ago for every slow start to be over.
  static constexpr base::MonoTime kLongAgo{std::chrono::nanoseconds(-(int64_t{1} << 61))};

  bool Serves(Serve serve) const { return Allows(serve, health.load(std::memory_order_relaxed)); }

  std::atomic<Health> health{Health::kHealthy};
  std::atomic<base::MonoTime> healthy_since{kLongAgo};  // when it last became healthy
  alignas(64) std::atomic<uint32_t> active{0};          // requests under way; LEAST_REQUEST
};

// By position, as the members of a PickTable.
using States = std::span<const EndpointState* const>;

}  // namespace sluice::balance
