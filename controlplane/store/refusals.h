// The refusals that all stores say in the same words.
//
// Thread: any; pure.
#pragma once

#include <cstdint>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "controlplane/store/records.h"

namespace sluice::store {

// `revision`, or `head` for 0; OUT_OF_RANGE above the head or below `oldest`.
absl::StatusOr<uint64_t> ReadableRevision(uint64_t revision, uint64_t oldest, uint64_t head);

// OUT_OF_RANGE unless the changes after `after` are all kept; 0 stands before the first revision.
absl::Status CheckAfter(uint64_t after, uint64_t oldest, uint64_t head);

// ABORTED.
absl::Status StaleBase(uint64_t base, uint64_t head);
absl::Status LostDraft(const Draft& draft);
absl::Status StaleEpoch(const LiveBatch& batch, uint64_t current);

// NOT_FOUND.
absl::Status NoSuchObject(const Key& key, uint64_t revision);
absl::Status NoSuchRevision(uint64_t number);
absl::Status NoSuchGroup(std::string_view group);

}  // namespace sluice::store
