#include "controlplane/store/limits.h"

#include <fmt/format.h>

namespace sluice::store {
namespace {

absl::Status CheckSize(size_t writes, size_t bytes) {
  if (writes > kMaxWrites) {
    return absl::InvalidArgumentError(
        fmt::format("store: {} writes in one transaction, at most {}", writes, kMaxWrites));
  }
  if (bytes > kMaxWriteBytes) {
    return absl::InvalidArgumentError(
        fmt::format("store: {} bytes in one transaction, at most {}", bytes, kMaxWriteBytes));
  }
  return absl::OkStatus();
}

}  // namespace

size_t BytesOf(const Write& write) {
  return write.key.kind.size() + write.key.name.size() + (write.value ? write.value->size() : 0);
}

absl::Status CheckWrites(std::span<const Write> writes) {
  size_t bytes = 0;
  for (const Write& write : writes) bytes += BytesOf(write);
  return CheckSize(writes.size(), bytes);
}

absl::Status CheckLive(std::span<const LiveBatch> batches) {
  size_t writes = 0;
  size_t bytes = 0;
  for (const LiveBatch& batch : batches) {
    if (batch.writes.empty()) {
      return absl::InvalidArgumentError(
          fmt::format("store: a batch of log '{}' without a write", batch.log));
    }
    writes += batch.writes.size();
    for (const LiveWrite& write : batch.writes) {
      bytes += write.key.size() + (write.value ? write.value->size() : 0);
    }
  }
  return CheckSize(writes, bytes);
}

}  // namespace sluice::store
