// A store that lives as long as the process: for tests, for a proxy farm on a laptop, and as the
// plainest reading of the contract.
//
// Nothing is chunked to disk here, but the three steps are the same: a draft is kept apart from the
// objects until it is published, its limits are checked, and whoever begins later wins. What a file
// would have to clean up after a dead writer is dropped by the next Begin().
//
// Thread: any; one mutex, never held over anything slow. No call waits, and none fails for want of
// disk or lock: UNAVAILABLE, RESOURCE_EXHAUSTED and DATA_LOSS do not occur.
#pragma once

#include <map>
#include <mutex>
#include <optional>
#include <string>

#include "controlplane/store/store.h"

namespace sluice::store {

class MemoryStore final : public Store {
 public:
  // --- reading revisions
  absl::StatusOr<uint64_t> Head() override;
  absl::StatusOr<uint64_t> Oldest() override;
  absl::StatusOr<Object> Get(const Key& key, uint64_t revision) override;
  absl::StatusOr<std::vector<Object>> List(uint64_t revision, std::string_view kind,
                                           std::string_view name_prefix) override;
  absl::StatusOr<std::vector<Version>> ChangedSince(uint64_t after, uint64_t until) override;
  absl::StatusOr<RevisionRecord> GetRevision(uint64_t number) override;
  absl::StatusOr<std::vector<RevisionRecord>> ListRevisions(uint64_t before, size_t limit) override;

  // --- writing a revision
  absl::StatusOr<Draft> Begin(uint64_t base) override;
  absl::Status Stage(const Draft& draft, std::span<const Write> writes) override;
  absl::StatusOr<Published> Publish(const Draft& draft, const RevisionRecord& record,
                                    std::span<const LiveBatch> live) override;
  absl::Status MarkWithdrawn(uint64_t number) override;
  absl::Status Compact(uint64_t oldest) override;

  // --- targets and live data
  absl::StatusOr<std::map<std::string, uint64_t>> Targets() override;
  absl::StatusOr<uint64_t> Target(std::string_view group) override;
  absl::Status SetTarget(std::string_view group, uint64_t revision) override;
  absl::StatusOr<uint64_t> BeginEpoch(std::string_view log) override;
  absl::StatusOr<LogPosition> WriteLive(const LiveBatch& batch) override;
  absl::StatusOr<LiveLog> ReadLive(std::string_view log) override;

 private:
  // The versions of one object; an absent value is a deletion.
  using History = std::map<uint64_t, std::optional<std::string>>;
  struct Log {
    LogPosition position;
    std::map<std::string, LiveEntry> entries;
  };

  // All of these with mutex_ held.
  // The number that `revision` stands for, or why it cannot be read.
  absl::StatusOr<uint64_t> Readable(uint64_t revision) const;
  // ABORTED unless the draft may go on.
  absl::Status CheckDraft(const Draft& draft) const;
  // ABORTED unless the batch is of the log's present epoch.
  absl::Status CheckEpoch(const LiveBatch& batch);
  // The batch's epoch was checked; returns where the log is then.
  LogPosition Apply(const LiveBatch& batch);

  std::mutex mutex_;  // Guards all below.
  uint64_t head_ = 0;
  uint64_t oldest_ = 0;
  uint64_t draft_ = 0;  // Token of the draft that may go on.
  uint64_t next_token_ = 1;
  std::map<Key, std::optional<std::string>> staged_;
  std::map<Key, History> objects_;  // No history is empty.
  std::map<uint64_t, RevisionRecord> revisions_;
  std::map<std::string, uint64_t, std::less<>> targets_;
  std::map<std::string, Log, std::less<>> logs_;
};

}  // namespace sluice::store
