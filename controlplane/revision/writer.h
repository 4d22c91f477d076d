// The one way to change the configuration: plan, apply, roll back and restore are the same code.
//
// State: the head, as a view, and the store below it. Threads: any but the strand; writers take
// turns under a mutex, and each may wait for the judge (bounded) and the disk; readers of `head` wait
// for neither. A revision is stored only after the judge approved what every group would get, and
// published (to the roll-out) only after the store acknowledged it. If two processes write to one
// store, the later finds its base gone (ABORTED) and reads the head anew. A restart reads the head
// from the store.
#pragma once

#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>

#include "controlplane/judge/judge.h"
#include "controlplane/revision/outcome.h"
#include "controlplane/snapshot/digest_sum.h"
#include "controlplane/snapshot/revision_view.h"
#include "controlplane/store/store.h"
#include "sluice/v1/revision_service.pb.h"

namespace sluice::revision {

using ViewRef = std::shared_ptr<const snapshot::RevisionView>;

class Writer final {
 public:
  struct Options {
    store::Store& store;
    // Compiles `snapshots` as the proxies would. May wait.
    std::function<absl::StatusOr<judge::Judge::Problems>(std::vector<snapshot::GroupSnapshotRef>)> judge;
    // The members of the groups that connected proxies are in. May wait for the strand.
    std::function<std::vector<snapshot::Member>()> members;
    // A new head, in order.
    std::function<void(ViewRef)> publish;
  };
  // `head`: what the store holds.
  Writer(Options options, ViewRef head);

  Outcome Plan(const sluice::v1::ApplyRequest& request);
  Outcome Apply(const sluice::v1::ApplyRequest& request, bool author_verified);
  Outcome Rollback(const sluice::v1::RollbackRequest& request, bool author_verified);
  // The proxies refused `withdrawn`: it is marked so, with those after `live` that it took in before
  // their turn came. If it is the head, its place is taken by a revision with the content of
  // `live` (0: nothing at all). Returns the number of the head then. After an error all of it may be
  // tried again.
  absl::StatusOr<uint64_t> Restore(uint64_t withdrawn, uint64_t live);

  ViewRef head() const;
  // The head once it is newer than `number`; nullptr when `wait` is over.
  ViewRef WaitBeyond(uint64_t number, std::chrono::milliseconds wait) const;

 private:
  // What a request asks for, against the head.
  struct Batch {
    std::vector<model::ObjectPtr> upserts;  // that change something
    std::vector<model::ObjectKey> deletes;
    std::string author;
    bool author_verified = false;
    std::string reason;
    uint64_t rollback_of = 0;
  };
  // kPlan stops before anything is stored; kRestore is not judged: it was served before.
  enum class Mode { kPlan, kApply, kRestore };

  Outcome Run(const sluice::v1::ApplyRequest& request, Mode mode, bool author_verified);
  Outcome Commit(const Batch& batch, Mode mode);
  // What is wrong with the request itself: stale base, stale etags, deletes of nothing.
  std::optional<Refusal> CheckRequest(const sluice::v1::ApplyRequest& request) const;
  std::optional<Refusal> CheckBase(const sluice::v1::ApplyRequest& request) const;
  std::optional<Refusal> Judged(const ViewRef& view) const;
  absl::Status Store(const Batch& batch, const snapshot::RevisionView& view, const sluice::v1::ApplyResponse& response);
  Batch BatchOf(const sluice::v1::ApplyRequest& request) const;
  Batch BatchTowards(const model::Config& wanted) const;
  void SetHead(ViewRef head);
  // Another process wrote to the store: its head becomes ours.
  void ReadHeadAnew();

  const Options options_;
  std::mutex writing_;  // one writer at a time
  snapshot::DigestSum digest_;  // of the head's objects; guarded by writing_
  mutable std::mutex mutex_;
  mutable std::condition_variable moved_;
  ViewRef head_;  // guarded by mutex_; changed under writing_ too
};

}  // namespace sluice::revision
