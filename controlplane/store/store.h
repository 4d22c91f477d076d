// Where the control plane keeps what must outlive it: revisions of objects, the rollout's targets
// and live data. The contract of all stores; test/controlplane/store/store_contract_test.cc holds
// it.
//
// A revision is written in three steps that also fit a store with small transactions (etcd):
//   Begin    takes the next number and clears what an unfinished writer left above the head
//   Stage    writes objects under that number, in as many chunks as needed; no reader sees them
//   Publish  moves the head by one compare-and-swap; now all of it is there, or none
// Whoever calls Begin() later wins: the earlier draft's next step is ABORTED. So two processes on
// one store never mix their objects, and a dead writer blocks nobody. commit.h does the three
// steps.
//
// Guarantees: what Publish or WriteLive acknowledged survives a crash of the process and of the
// machine; revisions are numbered from 1 without gaps and never change (but for `withdrawn`).
//
// Errors, by what the caller can do:
//   ABORTED              somebody else was faster: read again, decide again
//   OUT_OF_RANGE         that revision is not there yet, or not any more (compacted)
//   NOT_FOUND            no such object, revision or target
//   INVALID_ARGUMENT     a limit of records.h is broken: a fault of the calling code
//   UNAVAILABLE          the store is busy or its disk does not answer: try again later
//   RESOURCE_EXHAUSTED   the disk is full; nothing was published, reading goes on
//   DATA_LOSS            the stored data is damaged: restore a backup
//   FAILED_PRECONDITION  written by a newer release, or a file of somebody else
//
// Thread: any; a store locks for itself. But every call may wait for a disk, and a writing one for
// another process (bounded): call from a thread that has nothing else to do, never from a loop that
// feeds proxies. Writers do not hold up readers.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "controlplane/store/records.h"

namespace sluice::store {

class Store {
 public:
  virtual ~Store() = default;

  // --- reading revisions; `revision` 0 is the head

  // The last published revision; 0: there is none yet.
  virtual absl::StatusOr<uint64_t> Head() = 0;
  // The oldest revision that can still be read; 0: there is none yet.
  virtual absl::StatusOr<uint64_t> Oldest() = 0;
  virtual absl::StatusOr<Object> Get(const Key& key, uint64_t revision) = 0;
  // By kind and name. Empty `kind`: all kinds; `name_prefix` such as "shop/".
  virtual absl::StatusOr<std::vector<Object>> List(uint64_t revision, std::string_view kind,
                                                   std::string_view name_prefix) = 0;
  // What the revisions after `after` up to `until` wrote, each object once, by kind and name.
  // `after` may be 0 as long as nothing was compacted.
  virtual absl::StatusOr<std::vector<Version>> ChangedSince(uint64_t after, uint64_t until) = 0;
  virtual absl::StatusOr<RevisionRecord> GetRevision(uint64_t number) = 0;
  // Newest first, only numbers below `before` (0: from the head), at most `limit`.
  virtual absl::StatusOr<std::vector<RevisionRecord>> ListRevisions(uint64_t before,
                                                                    size_t limit) = 0;

  // --- writing a revision

  // ABORTED unless `base` is the head.
  virtual absl::StatusOr<Draft> Begin(uint64_t base) = 0;
  // An object that is staged twice has its last content.
  virtual absl::Status Stage(const Draft& draft, std::span<const Write> writes) = 0;
  // `record.number` is ignored. Live batches are written in the same transaction; one of a stale
  // epoch makes the whole ABORTED, and the draft is still good.
  virtual absl::StatusOr<Published> Publish(const Draft& draft, const RevisionRecord& record,
                                            std::span<const LiveBatch> live) = 0;
  // Says that nobody served the revision.
  virtual absl::Status MarkWithdrawn(uint64_t number) = 0;
  // Forgets all revisions below `oldest`, which is at most the head; keeps every version that
  // `oldest` or a later one sees. May be interrupted: calling again finishes it. retention.h
  // decides.
  virtual absl::Status Compact(uint64_t oldest) = 0;

  // --- what each group of proxies is to serve

  virtual absl::StatusOr<std::map<std::string, uint64_t>> Targets() = 0;
  // NOT_FOUND without such a group.
  virtual absl::StatusOr<uint64_t> Target(std::string_view group) = 0;
  // `revision` 0 forgets the group; else NOT_FOUND if there is no such revision.
  virtual absl::Status SetTarget(std::string_view group, uint64_t revision) = 0;

  // --- live data: not part of any revision

  // Starts a new epoch with sequence 0 and returns it; entries stay. Writers of earlier epochs are
  // ABORTED from now on: this is how a new leader fences off the old one.
  virtual absl::StatusOr<uint64_t> BeginEpoch(std::string_view log) = 0;
  // All writes of the batch or none; returns the position of the last. Not for empty batches.
  virtual absl::StatusOr<LogPosition> WriteLive(const LiveBatch& batch) = 0;
  virtual absl::StatusOr<LiveLog> ReadLive(std::string_view log) = 0;
};

}  // namespace sluice::store
