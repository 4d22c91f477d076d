// Numbers that one worker writes and the scraper reads while it runs.
//
// A cell has a single writer, which uses plain load, add, store (relaxed): no locked instruction on
// the request path, no torn reads for the scraper. Values never reset; a gauge is a cell that also
// goes down. Sums over workers are made when someone asks (stats/scrape.h).
#pragma once

#include <array>
#include <atomic>
#include <bit>
#include <cstddef>
#include <cstdint>

namespace sluice::stats {

class Counter final {
 public:
  // The owning worker only.
  void Add(uint64_t n = 1) {
    value_.store(value_.load(std::memory_order_relaxed) + n, std::memory_order_relaxed);
  }
  // Any thread.
  uint64_t value() const { return value_.load(std::memory_order_relaxed); }

 private:
  std::atomic<uint64_t> value_{0};
};

class Gauge final {
 public:
  // The owning worker only.
  void Add(int64_t n) {
    value_.store(value_.load(std::memory_order_relaxed) + n, std::memory_order_relaxed);
  }
  // Any thread. One worker's part may be negative when another worker subtracts; sums are not.
  int64_t value() const { return value_.load(std::memory_order_relaxed); }

 private:
  std::atomic<int64_t> value_{0};
};

// Log-linear histogram of microseconds: 4 buckets per power of two (error <= 25 %), up to 2^36 us.
class Histogram final {
 public:
  static constexpr int kSubBits = 2;
  static constexpr size_t kBuckets = (36 - kSubBits + 1) << kSubBits;

  // The owning worker only. Values over the top land in the last bucket.
  void Record(uint64_t micros) {
    cells_[BucketOf(micros)].Add();
    sum_.Add(micros);
  }
  static size_t BucketOf(uint64_t v) {
    constexpr uint64_t kLinear = 1u << kSubBits;
    if (v < kLinear) return static_cast<size_t>(v);
    const int shift = std::bit_width(v) - 1 - kSubBits;
    const size_t i = (static_cast<size_t>(shift + 1) << kSubBits) + ((v >> shift) & (kLinear - 1));
    return i < kBuckets ? i : kBuckets - 1;
  }
  // Exclusive upper bound of a bucket, in microseconds.
  static uint64_t UpperBound(size_t bucket);

  uint64_t count_in(size_t bucket) const { return cells_[bucket].value(); }
  uint64_t sum() const { return sum_.value(); }

 private:
  std::array<Counter, kBuckets> cells_;
  Counter sum_;
};

}  // namespace sluice::stats
