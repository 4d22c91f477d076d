#include "controlplane/store/commit.h"

#include <fmt/format.h>

#include "controlplane/store/limits.h"
#include "dataplane/base/status_macros.h"

namespace sluice::store {
namespace {

// How many of `writes`, from the first, make one chunk.
size_t ChunkOf(std::span<const Write> writes) {
  size_t bytes = 0;
  size_t count = 0;
  while (count < writes.size() && count < kMaxWrites) {
    bytes += BytesOf(writes[count]);
    if (bytes > kMaxWriteBytes) break;
    ++count;
  }
  return count;
}

}  // namespace

absl::StatusOr<Published> Commit(Store& store, uint64_t base, const RevisionRecord& record,
                                 std::span<const Write> writes, std::span<const LiveBatch> live) {
  for (const Write& write : writes) {
    if (BytesOf(write) > kMaxWriteBytes) {
      return absl::InvalidArgumentError(fmt::format("{} {}: {} bytes, an object has at most {}",
                                                    write.key.kind, write.key.name, BytesOf(write),
                                                    kMaxWriteBytes));
    }
  }
  SLUICE_ASSIGN_OR_RETURN(const Draft draft, store.Begin(base));
  while (!writes.empty()) {
    const size_t chunk = ChunkOf(writes);
    SLUICE_RETURN_IF_ERROR(store.Stage(draft, writes.first(chunk)));
    writes = writes.subspan(chunk);
  }
  return store.Publish(draft, record, live);
}

}  // namespace sluice::store
