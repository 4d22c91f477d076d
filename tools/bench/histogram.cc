#include "tools/bench/histogram.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstddef>

namespace sluice::bench {

void Histogram::Record(uint64_t ns) {
  ++count_;
  sum_ += ns;
  min_ = std::min(min_, ns);
  max_ = std::max(max_, ns);
  // Values below kSteps have a step each; above, the top kStepBits + 1 bits choose.
  const int octave = std::max(0, static_cast<int>(std::bit_width(ns)) - kStepBits - 1);
  const size_t index = static_cast<size_t>(octave) * kSteps + static_cast<size_t>(ns >> octave);
  ++steps_[std::min(index, steps_.size() - 1)];
}

uint64_t Histogram::Percentile(double percent) const {
  const auto wanted = static_cast<uint64_t>(std::ceil(percent / 100 * static_cast<double>(count_)));
  uint64_t seen = 0;
  for (size_t i = 0; i < steps_.size(); ++i) {
    seen += steps_[i];
    if (seen < wanted || seen == 0) continue;
    // Indexes 0..2*kSteps-1 are octave 0; each later octave fills kSteps more.
    const size_t octave = i < 2 * kSteps ? 0 : i / kSteps - 1;
    const uint64_t upper = ((i - octave * kSteps + 1) << octave) - 1;
    return std::min(upper, max_);
  }
  return 0;
}

}  // namespace sluice::bench
