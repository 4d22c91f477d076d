// A ring of bytes between two threads: one worker puts records in, the log writer takes them out.
//
// One producer, one consumer, no lock: each side owns one position and publishes it by a release
// store. Positions only grow (2^64 bytes never pass); a record lies in one piece, so near the end
// of the memory the producer leaves a skip mark and starts again at the front. Invariants: tail <=
// head <= tail + kBytes; every record begins at a multiple of 8 and is preceded by its size.
// A consumer that stops fills the ring: Reserve says so and the producer goes on without it.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string_view>

namespace sluice::proxy {

class LogRing final {
 public:
  static constexpr size_t kBytes = size_t{1} << 20;
  // Of one record. Less is better: so much must be free for one to be taken.
  static constexpr size_t kMaxRecord = kBytes / 4 + 64 * 1024;

  LogRing() : bytes_(new char[kBytes]) {}
  LogRing(const LogRing&) = delete;
  LogRing& operator=(const LogRing&) = delete;

  // ---- Producer ----
  // Room for a record of up to `max` <= kMaxRecord bytes, aligned to 8; nullptr when it is not there.
  char* Reserve(size_t max) {
    const size_t at = head_own_ & kMask;
    const size_t left = kBytes - at;
    const size_t skip = left < max + kHeader ? left : 0;
    const uint64_t needed = head_own_ + skip + max + kHeader;
    if (needed - tail_seen_ > kBytes) [[unlikely]] {
      tail_seen_ = tail_.load(std::memory_order_acquire);
      if (needed - tail_seen_ > kBytes) return nullptr;
    }
    if (skip != 0) [[unlikely]] {
      SetSize(at, kSkip);
      head_own_ += skip;
      return bytes_.get() + kHeader;
    }
    return bytes_.get() + at + kHeader;
  }
  // Publishes the first `size` <= `max` bytes of what Reserve returned.
  void Commit(size_t size) {
    SetSize(head_own_ & kMask, size);
    head_own_ += (kHeader + size + 7) & ~size_t{7};
    head_.store(head_own_, std::memory_order_release);
  }
  // More than half of the ring waits for the consumer.
  bool OverHalf() {
    if (head_own_ - tail_seen_ <= kBytes / 2) [[likely]]
      return false;
    tail_seen_ = tail_.load(std::memory_order_acquire);
    return head_own_ - tail_seen_ > kBytes / 2;
  }
  // Where the next record begins; once consumed() has reached it, all earlier ones were read.
  uint64_t produced() const { return head_own_; }
  uint64_t consumed() const { return tail_.load(std::memory_order_acquire); }

  // ---- Consumer ----
  // Calls f(std::string_view record) for what is there now, at most `max_bytes` of it, then gives
  // the room back. Returns whether there was anything.
  template <typename F>
  bool Consume(size_t max_bytes, F&& f) {
    const uint64_t head = head_.load(std::memory_order_acquire);
    const uint64_t begin = tail_.load(std::memory_order_relaxed);
    uint64_t tail = begin;
    while (tail != head && tail - begin < max_bytes) {
      const size_t at = tail & kMask;
      const uint64_t size = SizeAt(at);
      if (size == kSkip) {
        tail += kBytes - at;
        continue;
      }
      f(std::string_view(bytes_.get() + at + kHeader, size));
      tail += (kHeader + size + 7) & ~uint64_t{7};
    }
    if (tail != begin) tail_.store(tail, std::memory_order_release);
    return tail != begin;
  }
  bool Empty() const {
    return head_.load(std::memory_order_acquire) == tail_.load(std::memory_order_acquire);
  }

 private:
  static constexpr size_t kMask = kBytes - 1;
  static constexpr size_t kHeader = sizeof(uint64_t);
  static constexpr uint64_t kSkip = UINT64_MAX;
  static_assert((kBytes & kMask) == 0 && kMaxRecord < kBytes / 2);

  void SetSize(size_t at, uint64_t size) { *reinterpret_cast<uint64_t*>(bytes_.get() + at) = size; }
  uint64_t SizeAt(size_t at) const { return *reinterpret_cast<const uint64_t*>(bytes_.get() + at); }

  const std::unique_ptr<char[]> bytes_;
  // Each side's positions on cache lines of their own.
  alignas(64) uint64_t head_own_ = 0;  // producer's
  uint64_t tail_seen_ = 0;             // producer's view of tail_, maybe old
  alignas(64) std::atomic<uint64_t> head_{0};
  alignas(64) std::atomic<uint64_t> tail_{0};
};

}  // namespace sluice::proxy
