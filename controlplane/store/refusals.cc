#include "controlplane/store/refusals.h"

#include <fmt/format.h>

namespace sluice::store {

absl::StatusOr<uint64_t> ReadableRevision(uint64_t revision, uint64_t oldest, uint64_t head) {
  if (revision == 0) return head;
  if (revision > head) {
    return absl::OutOfRangeError(fmt::format("revision {}: the head is {}", revision, head));
  }
  if (revision < oldest) {
    return absl::OutOfRangeError(
        fmt::format("revision {}: no longer kept, the oldest is {}", revision, oldest));
  }
  return revision;
}

absl::Status CheckAfter(uint64_t after, uint64_t oldest, uint64_t head) {
  if (after == 0 && oldest <= 1) return absl::OkStatus();
  return ReadableRevision(after == 0 ? 1 : after, oldest, head).status();
}

absl::Status StaleBase(uint64_t base, uint64_t head) {
  return absl::AbortedError(fmt::format("revision {} is not the head any more, {} is", base, head));
}

absl::Status LostDraft(const Draft& draft) {
  return absl::AbortedError(
      fmt::format("revision {}: another writer came between", draft.revision));
}

absl::Status StaleEpoch(const LiveBatch& batch, uint64_t current) {
  return absl::AbortedError(
      fmt::format("log '{}': epoch {} is over, {} is current", batch.log, batch.epoch, current));
}

absl::Status NoSuchObject(const Key& key, uint64_t revision) {
  return absl::NotFoundError(
      fmt::format("{} {}: not in revision {}", key.kind, key.name, revision));
}

absl::Status NoSuchRevision(uint64_t number) {
  return absl::NotFoundError(fmt::format("revision {}: there is none", number));
}

absl::Status NoSuchGroup(std::string_view group) {
  return absl::NotFoundError(fmt::format("group '{}': has no target", group));
}

}  // namespace sluice::store
