// Who waits for something that another worker may set free: one bit per worker.
//
// A worker sets its bit when a call of it begins to wait and clears it when none waits any more.
// Whoever frees such a thing looks here and tells one of them by mailbox. Owner: an Endpoint (for a
// connection to it) or a Cluster (for room under max_connections). Threads: any worker; each only
// touches its own bit. Nothing is lost: who waits sets the bit first and looks for the thing then,
// who frees it makes it visible first and looks at the bits then, all of it sequentially consistent.
// Workers whose numbers are equal modulo 64 share a bit; one that is told for nothing goes on. A
// revision change leaves the bits alone; a delayed worker is served late but stays in turn; a worker
// that left is skipped by the mailbox; nothing survives a restart.
#pragma once

#include <atomic>
#include <bit>
#include <cstdint>

namespace sluice::upstream {

class Wanted final {
 public:
  static constexpr uint32_t kNobody = UINT32_MAX;

  void Set(uint32_t worker) { bits_.fetch_or(Bit(worker), std::memory_order_seq_cst); }
  void Clear(uint32_t worker) { bits_.fetch_and(~Bit(worker), std::memory_order_relaxed); }
  bool Has(uint32_t worker) const { return (bits_.load(std::memory_order_relaxed) & Bit(worker)) != 0; }
  bool Any() const { return bits_.load(std::memory_order_seq_cst) != 0; }
  // The next worker after `self` that waits, of `workers` in all; kNobody if none but `self` does.
  uint32_t NextAfter(uint32_t self, uint32_t workers) const {
    const uint64_t bits = bits_.load(std::memory_order_seq_cst);
    if (bits == 0) return kNobody;
    for (uint32_t i = 1; i < workers; ++i) {
      const uint32_t worker = (self + i) % workers;
      if ((bits & Bit(worker)) != 0) return worker;
    }
    return kNobody;
  }

 private:
  static uint64_t Bit(uint32_t worker) { return uint64_t{1} << (worker % 64); }
  std::atomic<uint64_t> bits_{0};
};

}  // namespace sluice::upstream
