// The half of SqliteStore that reads: each call sees one state of the file.

#include <fmt/format.h>

#include <algorithm>

#include "controlplane/store/refusals.h"
#include "controlplane/store/sqlite_file.h"
#include "controlplane/store/sqlite_steps.h"
#include "controlplane/store/sqlite_store.h"
#include "dataplane/base/status_macros.h"

namespace sluice::store {
namespace {

// The version in a row of kind, name, revision, value, sum.
absl::StatusOr<Version> ReadVersion(const SqliteStatement& row) {
  Version version{{row.Bytes(0), row.Bytes(1)}, std::nullopt, row.Number(2)};
  if (!row.IsNull(3)) version.value = row.Bytes(3);
  SLUICE_RETURN_IF_ERROR(CheckSum(SumOf(version.key, version.revision, version.value),
                                  row.Number(4),
                                  fmt::format("{} {}", version.key.kind, version.key.name)));
  return version;
}

}  // namespace

absl::StatusOr<uint64_t> SqliteStore::Head() {
  std::lock_guard lock(read_mutex_);
  return reader_.Number("SELECT head FROM meta");
}

absl::StatusOr<uint64_t> SqliteStore::Oldest() {
  std::lock_guard lock(read_mutex_);
  return reader_.Number("SELECT oldest FROM meta");
}

absl::StatusOr<Object> SqliteStore::Get(const Key& key, uint64_t revision) {
  std::lock_guard lock(read_mutex_);
  SLUICE_ASSIGN_OR_RETURN(SqliteTransaction transaction, SqliteTransaction::Read(reader_));
  SLUICE_ASSIGN_OR_RETURN(const Heads heads, ReadHeads(reader_));
  SLUICE_ASSIGN_OR_RETURN(revision, ReadableRevision(revision, heads.oldest, heads.head));
  SqliteStatement row = reader_.Prepare(
      "SELECT kind, name, revision, value, sum FROM objects"
      " WHERE kind = ? AND name = ? AND revision <= ? ORDER BY revision DESC LIMIT 1");
  SLUICE_ASSIGN_OR_RETURN(const bool found,
                          row.BindText(key.kind).BindText(key.name).Bind(revision).Step());
  if (!found) return NoSuchObject(key, revision);
  SLUICE_ASSIGN_OR_RETURN(Version version, ReadVersion(row));
  if (!version.value) return NoSuchObject(key, revision);
  return Object{std::move(version.key), *std::move(version.value), version.revision};
}

absl::StatusOr<std::vector<Object>> SqliteStore::List(uint64_t revision, std::string_view kind,
                                                      std::string_view name_prefix) {
  std::lock_guard lock(read_mutex_);
  SLUICE_ASSIGN_OR_RETURN(SqliteTransaction transaction, SqliteTransaction::Read(reader_));
  SLUICE_ASSIGN_OR_RETURN(const Heads heads, ReadHeads(reader_));
  SLUICE_ASSIGN_OR_RETURN(revision, ReadableRevision(revision, heads.oldest, heads.head));
  // Beside max() SQLite takes the other columns from the row that has the maximum.
  SqliteStatement row = reader_.Prepare(
      "SELECT kind, name, max(revision), value, sum FROM objects"
      " WHERE revision <= ?1 AND (?2 = '' OR kind = ?2) GROUP BY kind, name ORDER BY kind, name");
  row.Bind(revision).BindText(kind);
  std::vector<Object> objects;
  for (;;) {
    SLUICE_ASSIGN_OR_RETURN(const bool more, row.Step());
    if (!more) return objects;
    if (row.IsNull(3) || !row.Bytes(1).starts_with(name_prefix)) continue;
    SLUICE_ASSIGN_OR_RETURN(Version version, ReadVersion(row));
    objects.push_back({std::move(version.key), *std::move(version.value), version.revision});
  }
}

absl::StatusOr<std::vector<Version>> SqliteStore::ChangedSince(uint64_t after, uint64_t until) {
  std::lock_guard lock(read_mutex_);
  SLUICE_ASSIGN_OR_RETURN(SqliteTransaction transaction, SqliteTransaction::Read(reader_));
  SLUICE_ASSIGN_OR_RETURN(const Heads heads, ReadHeads(reader_));
  SLUICE_ASSIGN_OR_RETURN(until, ReadableRevision(until, heads.oldest, heads.head));
  SLUICE_RETURN_IF_ERROR(CheckAfter(after, heads.oldest, heads.head));
  SqliteStatement row = reader_.Prepare(
      "SELECT kind, name, max(revision), value, sum FROM objects"
      " WHERE revision > ? AND revision <= ? GROUP BY kind, name ORDER BY kind, name");
  row.Bind(after).Bind(until);
  std::vector<Version> versions;
  for (;;) {
    SLUICE_ASSIGN_OR_RETURN(const bool more, row.Step());
    if (!more) return versions;
    SLUICE_ASSIGN_OR_RETURN(Version version, ReadVersion(row));
    versions.push_back(std::move(version));
  }
}

absl::StatusOr<RevisionRecord> SqliteStore::GetRevision(uint64_t number) {
  std::lock_guard lock(read_mutex_);
  SLUICE_ASSIGN_OR_RETURN(SqliteTransaction transaction, SqliteTransaction::Read(reader_));
  SLUICE_ASSIGN_OR_RETURN(const Heads heads, ReadHeads(reader_));
  SLUICE_ASSIGN_OR_RETURN(number, ReadableRevision(number, heads.oldest, heads.head));
  SqliteStatement row =
      reader_.Prepare(fmt::format("SELECT {} FROM revisions WHERE number = ?", kRecordColumns));
  SLUICE_ASSIGN_OR_RETURN(const bool found, row.Bind(number).Step());
  if (!found) return NoSuchRevision(number);
  return ReadRecord(row);
}

absl::StatusOr<std::vector<RevisionRecord>> SqliteStore::ListRevisions(uint64_t before,
                                                                       size_t limit) {
  std::lock_guard lock(read_mutex_);
  // An interrupted Compact leaves records below the oldest; they are gone for readers.
  SqliteStatement row = reader_.Prepare(
      fmt::format("SELECT {} FROM revisions WHERE (?1 = 0 OR number < ?1)"
                  " AND number >= (SELECT oldest FROM meta) ORDER BY number DESC LIMIT ?2",
                  kRecordColumns));
  row.Bind(before).Bind(std::min<uint64_t>(limit, INT64_MAX));
  std::vector<RevisionRecord> records;
  for (;;) {
    SLUICE_ASSIGN_OR_RETURN(const bool more, row.Step());
    if (!more) return records;
    SLUICE_ASSIGN_OR_RETURN(RevisionRecord record, ReadRecord(row));
    records.push_back(std::move(record));
  }
}

absl::StatusOr<std::map<std::string, uint64_t>> SqliteStore::Targets() {
  std::lock_guard lock(read_mutex_);
  SqliteStatement row = reader_.Prepare("SELECT group_name, revision FROM targets");
  std::map<std::string, uint64_t> targets;
  for (;;) {
    SLUICE_ASSIGN_OR_RETURN(const bool more, row.Step());
    if (!more) return targets;
    targets[row.Bytes(0)] = row.Number(1);
  }
}

absl::StatusOr<uint64_t> SqliteStore::Target(std::string_view group) {
  std::lock_guard lock(read_mutex_);
  SqliteStatement row = reader_.Prepare("SELECT revision FROM targets WHERE group_name = ?");
  SLUICE_ASSIGN_OR_RETURN(const bool found, row.BindText(group).Step());
  if (!found) return NoSuchGroup(group);
  return row.Number(0);
}

absl::StatusOr<LiveLog> SqliteStore::ReadLive(std::string_view log) {
  std::lock_guard lock(read_mutex_);
  SLUICE_ASSIGN_OR_RETURN(SqliteTransaction transaction, SqliteTransaction::Read(reader_));
  LiveLog content;
  SLUICE_ASSIGN_OR_RETURN(content.position, ReadPosition(reader_, log));
  SqliteStatement row =
      reader_.Prepare("SELECT key, value, epoch, seq, sum FROM live WHERE log = ? ORDER BY key");
  row.BindText(log);
  for (;;) {
    SLUICE_ASSIGN_OR_RETURN(const bool more, row.Step());
    if (!more) return content;
    LiveEntry entry{row.Bytes(0), row.Bytes(1), {row.Number(2), row.Number(3)}};
    SLUICE_RETURN_IF_ERROR(
        CheckSum(SumOf(log, entry), row.Number(4), fmt::format("an entry of log '{}'", log)));
    content.entries.push_back(std::move(entry));
  }
}

}  // namespace sluice::store
