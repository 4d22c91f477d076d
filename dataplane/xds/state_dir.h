// The state directory (wire.md section 3): what a proxy starts from while the control plane is
// away.
//
// Owner: main. Thread: one at a time: main's before the threads run, then the build thread, since
// every call may wait for the disk; never a worker or a turn of the config loop. The lock is held
// until the object dies, so no two proxies share a folder. State: only what is in the files; each
// is replaced whole or not at all, at a revision change like at any other time. A full disk loses
// the newest state, never the one before. Who restarts finds the last files that were whole.
#pragma once

#include <chrono>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "dataplane/config/resource.h"
#include "dataplane/net/socket.h"
#include "dataplane/xds/consumer.h"
#include "sluice/state/v1/state.pb.h"

namespace sluice::xds {

class StateDir final {
 public:
  using WallTime = std::chrono::system_clock::time_point;
  enum class Slot { kCurrent, kPrevious };  // the files "revision" and "revision.prev"
  struct StoredRevision {
    Revision revision;
    WallTime served;
  };
  struct StoredEndpoints {
    std::vector<config::ResourceRef> assignments;
    WallTime written;
  };

  // Makes the folder (0700) if there is none, and locks it. UNAVAILABLE if another process has it,
  // PERMISSION_DENIED if others may write into it, else what the system says, with the path.
  static absl::StatusOr<std::unique_ptr<StateDir>> Open(std::string path);

  // NOT_FOUND if there is none; DATA_LOSS if it cannot be used, with the file and why.
  absl::StatusOr<StoredRevision> LoadRevision(Slot slot) const;
  absl::StatusOr<StoredEndpoints> LoadEndpoints() const;
  absl::StatusOr<::sluice::state::v1::Starts> LoadStarts() const;

  // What happens to the revision that was current: a bad one must not be what is fallen back on.
  enum class Before { kKeep, kDrop };
  // A current revision of the same digest is replaced, and the previous one stays.
  absl::Status StoreRevision(const Revision& revision, WallTime served, Before before) const;
  absl::Status StoreEndpoints(std::span<const config::ResourceRef> assignments, WallTime now) const;
  absl::Status StoreStarts(const ::sluice::state::v1::Starts& starts) const;

  const std::string& path() const { return path_; }

 private:
  StateDir(std::string path, net::Fd lock) : path_(std::move(path)), lock_(std::move(lock)) {}
  std::string PathOf(std::string_view name) const;
  std::string PathOf(Slot slot) const;

  const std::string path_;
  const net::Fd lock_;
};

}  // namespace sluice::xds
