// The embedded store: one SQLite file, in the write-ahead log mode, synced at every commit.
//
// The file may be open in several processes: the draft's token and the head's compare-and-swap keep
// them apart, as everywhere. (Network file systems do not lock well enough for that.)
//
// What a write acknowledges is on the disk (synchronous=FULL); a draft's chunks are transactions of
// their own, so that a large revision does not hold the file's lock in one piece. What a live log
// lets go of is overwritten, not only unlinked (secure_delete).
//
// Thread: any. One connection reads and one writes, each under its own mutex, so that a writer that
// waits for another process (at most `busy`) holds up no reader.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <mutex>
#include <string>

#include "controlplane/store/sqlite.h"
#include "controlplane/store/store.h"

namespace sluice::store {

struct SqliteOptions {
  // How long a write waits for another process's lock before it is UNAVAILABLE.
  std::chrono::milliseconds busy{2000};
  // The file's greatest size in pages of 4 KiB, a quota of our own. 0: as much as the disk has.
  uint64_t max_pages = 0;
};

class SqliteStore final : public Store {
 public:
  // Opens the file, or makes it if there is none, and checks all of it. DATA_LOSS and
  // FAILED_PRECONDITION as in sqlite_file.h; UNAVAILABLE if it cannot be opened at all.
  static absl::StatusOr<std::unique_ptr<SqliteStore>> Open(const std::string& path,
                                                           const SqliteOptions& options = {});

  // --- reading: sqlite_store_reading.cc
  absl::StatusOr<uint64_t> Head() override;
  absl::StatusOr<uint64_t> Oldest() override;
  absl::StatusOr<Object> Get(const Key& key, uint64_t revision) override;
  absl::StatusOr<std::vector<Object>> List(uint64_t revision, std::string_view kind,
                                           std::string_view name_prefix) override;
  absl::StatusOr<std::vector<Version>> ChangedSince(uint64_t after, uint64_t until) override;
  absl::StatusOr<RevisionRecord> GetRevision(uint64_t number) override;
  absl::StatusOr<std::vector<RevisionRecord>> ListRevisions(uint64_t before, size_t limit) override;

  // --- writing: sqlite_store.cc
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
  SqliteStore(SqliteConnection reader, SqliteConnection writer)
      : reader_(std::move(reader)), writer_(std::move(writer)) {}

  std::mutex read_mutex_;  // Guards the reader.
  SqliteConnection reader_;
  std::mutex write_mutex_;  // Guards the writer.
  SqliteConnection writer_;
};

}  // namespace sluice::store
