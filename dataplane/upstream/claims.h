// Idle connections to one endpoint that any worker may take: 16 atomic claim words.
//
// Parking an idle plain connection puts a word that names it (descriptor, owner, generation) into
// a free slot by compare-and-swap; whoever swaps the word back to 0, its owner or another worker,
// has the connection alone. A foreign winner deletes the descriptor from the owner's epoll set and
// adopts it; the owner finds out when its own swap fails (at a pick, an event or the idle timer)
// and then drops its object without closing the descriptor. No lock, no message.
//
// Owner: the Endpoint. Threads: any worker. The swap that takes a word acquires what the swap that
// parked it released. When all slots are full a connection simply stays private to its worker.
#pragma once

#include <array>
#include <atomic>
#include <cstdint>

namespace sluice::upstream {

// What a claim word says.
struct ParkedConnection {
  uint32_t fd = 0;          // < kMaxFd
  uint32_t worker = 0;      // < kMaxWorkers
  uint32_t generation = 1;  // 1 to kMaxGeneration: tells two parkings of one descriptor apart
  uint32_t requests = 0;    // served so far, <= kMaxRequests
  // Holds a unit of the cluster's max_connections, which goes to whoever takes the connection.
  bool counted = false;
  bool host_counted = false;  // the same of the endpoint's own limit

  static constexpr uint32_t kMaxFd = 1u << 20;
  static constexpr uint32_t kMaxWorkers = 1u << 8;
  static constexpr uint32_t kMaxGeneration = (1u << 19) - 1;
  static constexpr uint32_t kMaxRequests = (1u << 15) - 1;

  // Never 0, because the generation is not. Every member must be in its range.
  uint64_t Encode() const;
  static ParkedConnection Decode(uint64_t word);
};

class Claims final {
 public:
  static constexpr uint32_t kSlots = 16;

  // Puts `word` (not 0) into a free slot, trying `hint` first. Returns the slot, or kSlots when
  // all are taken.
  uint32_t Park(uint64_t word, uint32_t hint);
  // True: the caller has the connection that `word` in `slot` names.
  bool Take(uint32_t slot, uint64_t word);
  // Takes a parked connection of another worker than `self`; 0 when there is none. Sees what was
  // parked before another worker's bit was looked at (wanted.h).
  uint64_t TakeForeign(uint32_t self);

 private:
  alignas(64) std::array<std::atomic<uint64_t>, kSlots> words_{};
};

}  // namespace sluice::upstream
