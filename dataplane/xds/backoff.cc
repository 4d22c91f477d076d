#include "dataplane/xds/backoff.h"

#include <algorithm>
#include <utility>

namespace sluice::xds {

base::Duration Backoff::Next() { return std::exchange(next_, std::min(cap_, next_ * 2)); }

base::Duration Backoff::NextWithJitter(base::Random& random) {
  return base::Duration(random.Below(static_cast<uint64_t>(Next().count())));
}

}  // namespace sluice::xds
