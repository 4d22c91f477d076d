// The checks of the limits in records.h, the same in every store.
//
// INVALID_ARGUMENT says which limit. Thread: any; pure.
#pragma once

#include <cstddef>
#include <span>

#include "absl/status/status.h"
#include "controlplane/store/records.h"

namespace sluice::store {

// What a write counts against kMaxWriteBytes.
size_t BytesOf(const Write& write);

absl::Status CheckWrites(std::span<const Write> writes);
// All batches together; each needs at least one write.
absl::Status CheckLive(std::span<const LiveBatch> batches);

}  // namespace sluice::store
