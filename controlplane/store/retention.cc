#include "controlplane/store/retention.h"

#include <algorithm>

#include "dataplane/base/status_macros.h"

namespace sluice::store {
namespace {

// The first number that stays by count and age alone.
absl::StatusOr<uint64_t> FirstKept(Store& store, uint64_t oldest, uint64_t head, absl::Time now,
                                   const Retention& retention) {
  const uint64_t by_count = head >= retention.most ? head - retention.most + 1 : 1;
  uint64_t first = std::max(oldest, by_count);
  const uint64_t spared = head >= retention.least ? head - retention.least + 1 : 1;
  // Times may jump, so the numbers decide the order and the first young one ends the search.
  while (first < spared) {
    SLUICE_ASSIGN_OR_RETURN(const RevisionRecord record, store.GetRevision(first));
    if (now - record.time <= retention.age) break;
    ++first;
  }
  return std::min(first, head);
}

}  // namespace

absl::StatusOr<uint64_t> ApplyRetention(Store& store, absl::Time now, const Retention& retention) {
  SLUICE_ASSIGN_OR_RETURN(const uint64_t head, store.Head());
  if (head == 0) return 0;
  SLUICE_ASSIGN_OR_RETURN(const uint64_t oldest, store.Oldest());
  SLUICE_ASSIGN_OR_RETURN(uint64_t first, FirstKept(store, oldest, head, now, retention));
  SLUICE_ASSIGN_OR_RETURN(const auto targets, store.Targets());
  for (const auto& [group, revision] : targets) first = std::min(first, revision);
  first = std::max(first, oldest);
  SLUICE_RETURN_IF_ERROR(store.Compact(first));
  return first;
}

}  // namespace sluice::store
