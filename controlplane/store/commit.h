// Writes one revision through the three steps of a Store, cut into chunks that every store takes.
//
// Thread: as the store; waits for its disk.
#pragma once

#include <cstdint>
#include <span>

#include "absl/status/statusor.h"
#include "controlplane/store/records.h"
#include "controlplane/store/store.h"

namespace sluice::store {

// Publishes base + 1 with `writes` on top of `base`. ABORTED if `base` is not the head or another
// writer came between; after any error nothing of it is visible. INVALID_ARGUMENT for a single
// write over kMaxWriteBytes, naming the object. `live` goes out in the same transaction.
absl::StatusOr<Published> Commit(Store& store, uint64_t base, const RevisionRecord& record,
                                 std::span<const Write> writes,
                                 std::span<const LiveBatch> live = {});

}  // namespace sluice::store
