#include "dataplane/stats/counter.h"

namespace sluice::stats {

uint64_t Histogram::UpperBound(size_t bucket) {
  constexpr uint64_t kLinear = 1u << kSubBits;
  if (bucket < kLinear) return bucket + 1;
  const size_t shift = (bucket >> kSubBits) - 1;
  return (kLinear + (bucket & (kLinear - 1)) + 1) << shift;
}

}  // namespace sluice::stats
