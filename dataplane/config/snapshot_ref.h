// A worker's own count on a shared snapshot, so that requests never write a counter that other
// cores write. The worker makes one `SnapshotHolder` per snapshot it adopted; connections and
// exchanges hold `SnapshotRef`s; the holder and with it the shared_ptr dies with the last of them.
// So one long stream keeps its own snapshot alive, and no later one. Thread: one worker.
#pragma once

#include <cstdint>
#include <memory>
#include <utility>

#include "dataplane/config/snapshot.h"

namespace sluice::config {

class SnapshotRef;

class SnapshotHolder final {
 public:
  // The first reference to a snapshot on this worker; the holder lives until the last copy of it
  // is gone, and with it the worker's share of the snapshot.
  static SnapshotRef Hold(std::shared_ptr<const Snapshot> snapshot);
  const Snapshot& snapshot() const { return *snapshot_; }

 private:
  // Made by Hold and deleted by its last reference only.
  friend class SnapshotRef;
  explicit SnapshotHolder(std::shared_ptr<const Snapshot> s) : snapshot_(std::move(s)) {}
  std::shared_ptr<const Snapshot> snapshot_;
  uint32_t refs_ = 0;
};

class SnapshotRef final {
 public:
  // Refers to nothing.
  SnapshotRef() = default;
  // A copy keeps the same snapshot alive; moving takes the reference over.
  SnapshotRef(const SnapshotRef& o) : holder_(o.holder_) { Ref(); }
  SnapshotRef(SnapshotRef&& o) noexcept : holder_(std::exchange(o.holder_, nullptr)) {}
  SnapshotRef& operator=(SnapshotRef o) noexcept {
    std::swap(holder_, o.holder_);
    return *this;
  }
  ~SnapshotRef() {
    if (holder_ != nullptr && --holder_->refs_ == 0) delete holder_;
  }

  // False for one that refers to nothing; the two below need a true one.
  explicit operator bool() const { return holder_ != nullptr; }
  const Snapshot& operator*() const { return *holder_->snapshot_; }
  const Snapshot* operator->() const { return holder_->snapshot_.get(); }

 private:
  friend class SnapshotHolder;
  explicit SnapshotRef(SnapshotHolder* holder) : holder_(holder) { Ref(); }
  void Ref() {
    if (holder_ != nullptr) ++holder_->refs_;
  }
  SnapshotHolder* holder_ = nullptr;
};

inline SnapshotRef SnapshotHolder::Hold(std::shared_ptr<const Snapshot> snapshot) {
  return SnapshotRef(new SnapshotHolder(std::move(snapshot)));
}

}  // namespace sluice::config
