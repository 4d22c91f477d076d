#include "controlplane/store/sqlite_store.h"

#include <fmt/format.h>

#include <utility>

#include "controlplane/store/limits.h"
#include "controlplane/store/refusals.h"
#include "controlplane/store/sqlite_file.h"
#include "controlplane/store/sqlite_steps.h"
#include "dataplane/base/status_macros.h"

namespace sluice::store {
namespace {

// Rows that one transaction of Compact deletes: short enough for writers to get in between.
constexpr uint64_t kCompactRows = 500;

absl::Status StageWrites(SqliteConnection& connection, uint64_t revision,
                         std::span<const Write> writes) {
  for (const Write& write : writes) {
    SLUICE_RETURN_IF_ERROR(
        connection.Prepare("INSERT OR REPLACE INTO objects VALUES (?, ?, ?, ?, ?)")
            .BindText(write.key.kind)
            .BindText(write.key.name)
            .Bind(revision)
            .BindBytes(write.value)
            .Bind(SumOf(write.key, revision, write.value))
            .Run());
  }
  return absl::OkStatus();
}

absl::Status InsertRecord(SqliteConnection& connection, const RevisionRecord& record) {
  return connection
      .Prepare(fmt::format("INSERT INTO revisions ({}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                           kRecordColumns))
      .Bind(record.number)
      .Bind(static_cast<uint64_t>(absl::ToUnixMicros(record.time)))
      .BindText(record.author)
      .Bind(uint64_t{record.author_verified})
      .BindText(record.reason)
      .BindBytes(record.changes)
      .Bind(record.rollback_of)
      .Bind(uint64_t{record.compiler_level})
      .BindBytes(record.digest)
      .Bind(uint64_t{record.withdrawn})
      .Bind(SumOf(record))
      .Run();
}

absl::StatusOr<Published> PublishIn(SqliteConnection& connection, const Draft& draft,
                                    const RevisionRecord& record, std::span<const LiveBatch> live) {
  SLUICE_RETURN_IF_ERROR(CheckDraft(connection, draft));
  Published published{draft.revision, {}};
  for (const LiveBatch& batch : live) {
    SLUICE_ASSIGN_OR_RETURN(const LogPosition position, WriteBatch(connection, batch));
    published.positions.push_back(position);
  }
  RevisionRecord numbered = record;
  numbered.number = draft.revision;
  SLUICE_RETURN_IF_ERROR(InsertRecord(connection, numbered));
  // The draft's token is spent: nothing can be staged under a published number.
  SLUICE_RETURN_IF_ERROR(
      connection.Prepare("UPDATE meta SET head = ?, oldest = max(oldest, 1), draft = draft + 1")
          .Bind(draft.revision)
          .Run());
  return published;
}

// One transaction's worth of a DELETE with a LIMIT; true once it found nothing more.
absl::StatusOr<bool> DeleteSome(SqliteConnection& connection, std::string_view sql,
                                uint64_t oldest) {
  SLUICE_ASSIGN_OR_RETURN(SqliteTransaction transaction, SqliteTransaction::Write(connection));
  SLUICE_RETURN_IF_ERROR(connection.Prepare(sql).Bind(oldest).Bind(kCompactRows).Run());
  const uint64_t deleted = connection.Changes();
  SLUICE_RETURN_IF_ERROR(transaction.Commit());
  return deleted < kCompactRows;
}

}  // namespace

absl::StatusOr<std::unique_ptr<SqliteStore>> SqliteStore::Open(const std::string& path,
                                                               const SqliteOptions& options) {
  SLUICE_RETURN_IF_ERROR(CreateStoreFile(path, options.busy));
  SLUICE_ASSIGN_OR_RETURN(SqliteConnection writer, SqliteConnection::Open(path, options.busy));
  SLUICE_RETURN_IF_ERROR(CheckStoreFile(writer, path));
  // secure_delete: what a live log has let go of must not stay readable in free pages.
  SLUICE_RETURN_IF_ERROR(writer.Execute(
      "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA secure_delete = ON"));
  if (options.max_pages != 0) {
    SLUICE_RETURN_IF_ERROR(
        writer.Execute(fmt::format("PRAGMA max_page_count = {}", options.max_pages).c_str()));
  }
  SLUICE_ASSIGN_OR_RETURN(SqliteConnection reader, SqliteConnection::Open(path, options.busy));
  return std::unique_ptr<SqliteStore>(new SqliteStore(std::move(reader), std::move(writer)));
}

absl::StatusOr<Draft> SqliteStore::Begin(uint64_t base) {
  std::lock_guard lock(write_mutex_);
  SLUICE_ASSIGN_OR_RETURN(SqliteTransaction transaction, SqliteTransaction::Write(writer_));
  SLUICE_ASSIGN_OR_RETURN(const Heads heads, ReadHeads(writer_));
  if (heads.head != base) return StaleBase(base, heads.head);
  SLUICE_RETURN_IF_ERROR(
      writer_.Prepare("DELETE FROM objects WHERE revision > ?").Bind(base).Run());
  SLUICE_RETURN_IF_ERROR(writer_.Prepare("UPDATE meta SET draft = draft + 1").Run());
  SLUICE_RETURN_IF_ERROR(transaction.Commit());
  return Draft{base + 1, heads.draft + 1};
}

absl::Status SqliteStore::Stage(const Draft& draft, std::span<const Write> writes) {
  SLUICE_RETURN_IF_ERROR(CheckWrites(writes));
  std::lock_guard lock(write_mutex_);
  SLUICE_ASSIGN_OR_RETURN(SqliteTransaction transaction, SqliteTransaction::Write(writer_));
  SLUICE_RETURN_IF_ERROR(CheckDraft(writer_, draft));
  SLUICE_RETURN_IF_ERROR(StageWrites(writer_, draft.revision, writes));
  return transaction.Commit();
}

absl::StatusOr<Published> SqliteStore::Publish(const Draft& draft, const RevisionRecord& record,
                                               std::span<const LiveBatch> live) {
  SLUICE_RETURN_IF_ERROR(CheckLive(live));
  std::lock_guard lock(write_mutex_);
  SLUICE_ASSIGN_OR_RETURN(SqliteTransaction transaction, SqliteTransaction::Write(writer_));
  SLUICE_ASSIGN_OR_RETURN(Published published, PublishIn(writer_, draft, record, live));
  SLUICE_RETURN_IF_ERROR(transaction.Commit());
  return published;
}

absl::Status SqliteStore::MarkWithdrawn(uint64_t number) {
  std::lock_guard lock(write_mutex_);
  SLUICE_ASSIGN_OR_RETURN(SqliteTransaction transaction, SqliteTransaction::Write(writer_));
  SLUICE_RETURN_IF_ERROR(CheckRevisionExists(writer_, number));
  SLUICE_RETURN_IF_ERROR(
      writer_.Prepare("UPDATE revisions SET withdrawn = 1 WHERE number = ?").Bind(number).Run());
  return transaction.Commit();
}

absl::Status SqliteStore::Compact(uint64_t oldest) {
  {
    std::lock_guard lock(write_mutex_);
    SLUICE_ASSIGN_OR_RETURN(SqliteTransaction transaction, SqliteTransaction::Write(writer_));
    SLUICE_ASSIGN_OR_RETURN(const Heads heads, ReadHeads(writer_));
    SLUICE_ASSIGN_OR_RETURN(oldest, ReadableRevision(oldest, heads.oldest, heads.head));
    SLUICE_RETURN_IF_ERROR(writer_.Prepare("UPDATE meta SET oldest = ?").Bind(oldest).Run());
    SLUICE_RETURN_IF_ERROR(transaction.Commit());
  }
  // Deletions go last: dropped before the versions below them, they would bring those back.
  static constexpr std::string_view kSteps[] = {
      "DELETE FROM revisions WHERE number IN"
      " (SELECT number FROM revisions WHERE number < ? LIMIT ?)",
      "DELETE FROM objects WHERE rowid IN (SELECT o.rowid FROM objects o WHERE o.revision < ?1 AND"
      " EXISTS (SELECT 1 FROM objects n WHERE n.kind = o.kind AND n.name = o.name AND"
      " n.revision > o.revision AND n.revision <= ?1) LIMIT ?2)",
      "DELETE FROM objects WHERE rowid IN"
      " (SELECT rowid FROM objects WHERE revision <= ? AND value IS NULL LIMIT ?)",
  };
  for (const std::string_view step : kSteps) {
    for (bool done = false; !done;) {
      std::lock_guard lock(write_mutex_);
      SLUICE_ASSIGN_OR_RETURN(done, DeleteSome(writer_, step, oldest));
    }
  }
  return absl::OkStatus();
}

absl::Status SqliteStore::SetTarget(std::string_view group, uint64_t revision) {
  std::lock_guard lock(write_mutex_);
  SLUICE_ASSIGN_OR_RETURN(SqliteTransaction transaction, SqliteTransaction::Write(writer_));
  if (revision == 0) {
    SLUICE_RETURN_IF_ERROR(
        writer_.Prepare("DELETE FROM targets WHERE group_name = ?").BindText(group).Run());
    return transaction.Commit();
  }
  SLUICE_RETURN_IF_ERROR(CheckRevisionExists(writer_, revision));
  SLUICE_RETURN_IF_ERROR(writer_.Prepare("INSERT OR REPLACE INTO targets VALUES (?, ?)")
                             .BindText(group)
                             .Bind(revision)
                             .Run());
  return transaction.Commit();
}

absl::StatusOr<uint64_t> SqliteStore::BeginEpoch(std::string_view log) {
  std::lock_guard lock(write_mutex_);
  SLUICE_ASSIGN_OR_RETURN(SqliteTransaction transaction, SqliteTransaction::Write(writer_));
  SLUICE_ASSIGN_OR_RETURN(const LogPosition position, ReadPosition(writer_, log));
  SLUICE_RETURN_IF_ERROR(WritePosition(writer_, log, {position.epoch + 1, 0}));
  SLUICE_RETURN_IF_ERROR(transaction.Commit());
  return position.epoch + 1;
}

absl::StatusOr<LogPosition> SqliteStore::WriteLive(const LiveBatch& batch) {
  SLUICE_RETURN_IF_ERROR(CheckLive({&batch, 1}));
  std::lock_guard lock(write_mutex_);
  SLUICE_ASSIGN_OR_RETURN(SqliteTransaction transaction, SqliteTransaction::Write(writer_));
  SLUICE_ASSIGN_OR_RETURN(const LogPosition position, WriteBatch(writer_, batch));
  SLUICE_RETURN_IF_ERROR(transaction.Commit());
  return position;
}

}  // namespace sluice::store
