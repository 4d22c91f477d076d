// One file of the state directory (wire.md section 3): "SLUICE1\n", the length of the message as
// u64 little-endian, the message, the SHA-256 of all before it.
//
// A file is whole or is not used: one that is cut short, altered in any bit, or not ours gives an
// error, never a part of its content. Thread: any but a worker; the calls wait for the disk.
#pragma once

#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "sluice/state/v1/state.pb.h"

namespace sluice::xds {

// Larger files are refused unread.
inline constexpr uint64_t kMaxStateFileBytes = 1u << 30;

// The bytes of the file that holds `message`.
std::string FrameState(std::string_view message);
// The message that `bytes` hold. DATA_LOSS if they are not exactly what FrameState makes.
absl::StatusOr<std::string> UnframeState(std::string_view bytes);

// NOT_FOUND if there is no such file; DATA_LOSS for one that cannot be used, with its path and why.
absl::StatusOr<::sluice::state::v1::File> ReadStateFile(const std::string& path);
// Replaces `path` at once or not at all: written beside it, synced, renamed, and the folder synced.
// After an error the file of before is still there.
absl::Status WriteStateFile(const std::string& path, const ::sluice::state::v1::File& file);

}  // namespace sluice::xds
