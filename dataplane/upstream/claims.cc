#include "dataplane/upstream/claims.h"

#include "dataplane/base/check.h"

namespace sluice::upstream {
namespace {

// fd 20 | worker 8 | requests 15 | counted 1 | host_counted 1 | generation 19
constexpr int kWorkerShift = 20;
constexpr int kRequestsShift = 28;
constexpr int kCountedShift = 43;
constexpr int kHostCountedShift = 44;
constexpr int kGenerationShift = 45;

}  // namespace

uint64_t ParkedConnection::Encode() const {
  base::Check(fd < kMaxFd && worker < kMaxWorkers && requests <= kMaxRequests && generation > 0 &&
                  generation <= kMaxGeneration,
              "a parked connection fits into its claim word");
  return uint64_t{fd} | uint64_t{worker} << kWorkerShift | uint64_t{requests} << kRequestsShift |
         uint64_t{counted} << kCountedShift | uint64_t{host_counted} << kHostCountedShift |
         uint64_t{generation} << kGenerationShift;
}

ParkedConnection ParkedConnection::Decode(uint64_t word) {
  ParkedConnection parked;
  parked.fd = static_cast<uint32_t>(word) & (kMaxFd - 1);
  parked.worker = static_cast<uint32_t>(word >> kWorkerShift) & (kMaxWorkers - 1);
  parked.requests = static_cast<uint32_t>(word >> kRequestsShift) & kMaxRequests;
  parked.counted = (word >> kCountedShift & 1) != 0;
  parked.host_counted = (word >> kHostCountedShift & 1) != 0;
  parked.generation = static_cast<uint32_t>(word >> kGenerationShift) & kMaxGeneration;
  return parked;
}

uint32_t Claims::Park(uint64_t word, uint32_t hint) {
  for (uint32_t i = 0; i < kSlots; ++i) {
    const uint32_t slot = (hint + i) % kSlots;
    uint64_t free = 0;
    if (words_[slot].load(std::memory_order_relaxed) != 0) continue;
    if (words_[slot].compare_exchange_strong(free, word, std::memory_order_seq_cst,
                                             std::memory_order_relaxed)) {
      return slot;
    }
  }
  return kSlots;
}

bool Claims::Take(uint32_t slot, uint64_t word) {
  return words_[slot].compare_exchange_strong(word, 0, std::memory_order_acq_rel,
                                              std::memory_order_relaxed);
}

uint64_t Claims::TakeForeign(uint32_t self) {
  for (uint32_t slot = 0; slot < kSlots; ++slot) {
    const uint64_t word = words_[slot].load(std::memory_order_seq_cst);
    if (word == 0 || ParkedConnection::Decode(word).worker == self) continue;
    if (Take(slot, word)) return word;
  }
  return 0;
}

}  // namespace sluice::upstream
