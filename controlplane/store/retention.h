// How much history is kept, and the cut.
//
// A revision goes once 1,000 newer ones exist or it is over 90 days old; but the newest hundred
// stay however old they are (a quiet installation must still be able to roll back), and so does
// whatever some group of proxies is to serve.
//
// Thread: as the store; waits for its disk. Call now and then, hourly for example.
#pragma once

#include <cstddef>
#include <cstdint>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "controlplane/store/store.h"

namespace sluice::store {

struct Retention {
  size_t most = 1000;                         // Revisions, at least 1.
  size_t least = 100;                         // At most `most`.
  absl::Duration age = absl::Hours(90 * 24);  // Of what is beyond `least`.
};

// Compacts the store and returns its oldest revision afterwards; 0 for an empty one.
absl::StatusOr<uint64_t> ApplyRetention(Store& store, absl::Time now,
                                        const Retention& retention = {});

}  // namespace sluice::store
