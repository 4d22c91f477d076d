// Latencies in nanoseconds, log-linear: 64 steps per power of two, so a
// percentile is off by at most 1.6 %. Fixed size, no allocation when recording.
#pragma once

#include <array>
#include <cstdint>

namespace sluice::bench {

class Histogram {
 public:
  void Record(uint64_t ns);
  uint64_t count() const { return count_; }
  // Upper edge of the step that holds the `percent`-th value (0..100); 0 when empty.
  uint64_t Percentile(double percent) const;
  uint64_t min() const { return count_ == 0 ? 0 : min_; }
  uint64_t max() const { return max_; }
  double mean() const { return count_ == 0 ? 0 : static_cast<double>(sum_) / static_cast<double>(count_); }

 private:
  static constexpr int kStepBits = 6;
  static constexpr uint64_t kSteps = uint64_t{1} << kStepBits;
  static constexpr int kOctaves = 40;  // up to hours

  std::array<uint64_t, kSteps * kOctaves> steps_{};
  uint64_t count_ = 0, sum_ = 0, min_ = UINT64_MAX, max_ = 0;
};

}  // namespace sluice::bench
