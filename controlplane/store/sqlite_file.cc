#include "controlplane/store/sqlite_file.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <cstring>
#include <filesystem>

#include "dataplane/base/status_macros.h"

namespace sluice::store {
namespace {

constexpr uint64_t kApplicationId = 0x534c5543;  // "SLUC"
constexpr uint64_t kSchema = 1;

constexpr char kCreate[] = R"sql(
PRAGMA journal_mode = DELETE;
PRAGMA synchronous = FULL;
BEGIN;
CREATE TABLE meta (id INTEGER PRIMARY KEY CHECK (id = 1), head INTEGER NOT NULL,
                   oldest INTEGER NOT NULL, draft INTEGER NOT NULL);
INSERT INTO meta VALUES (1, 0, 0, 0);
CREATE TABLE objects (kind TEXT NOT NULL, name TEXT NOT NULL, revision INTEGER NOT NULL, value BLOB,
                      sum INTEGER NOT NULL, UNIQUE (kind, name, revision));
CREATE INDEX objects_by_revision ON objects (revision);
CREATE TABLE revisions (number INTEGER PRIMARY KEY, time_us INTEGER NOT NULL, author TEXT NOT NULL,
                        verified INTEGER NOT NULL, reason TEXT NOT NULL, changes BLOB NOT NULL,
                        rollback_of INTEGER NOT NULL, compiler_level INTEGER NOT NULL,
                        digest BLOB NOT NULL, withdrawn INTEGER NOT NULL, sum INTEGER NOT NULL);
CREATE TABLE targets (group_name TEXT PRIMARY KEY, revision INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE logs (log TEXT PRIMARY KEY, epoch INTEGER NOT NULL, seq INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE live (log TEXT NOT NULL, key BLOB NOT NULL, value BLOB NOT NULL, epoch INTEGER NOT NULL,
                   seq INTEGER NOT NULL, sum INTEGER NOT NULL, UNIQUE (log, key));
PRAGMA application_id = 1397511491;
PRAGMA user_version = 1;
COMMIT;
)sql";

std::string_view TextOf(const absl::Status& status, const std::string& path) {
  std::string_view text(status.message().data(), status.message().size());
  // SQLite's errors name the file already.
  const std::string own = fmt::format("store {}: ", path);
  if (text.starts_with(own)) text.remove_prefix(own.size());
  return text;
}

absl::Status Damaged(const std::string& path, std::string_view what) {
  return absl::DataLossError(fmt::format(
      "store {}: {}; restore a backup, or move the file away to begin with an empty store", path,
      what));
}

// A new name becomes durable with its folder only.
absl::Status SyncFolderOf(const std::string& path) {
  const std::filesystem::path folder = std::filesystem::path(path).parent_path();
  const int fd = open(folder.empty() ? "." : folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (fd < 0 || fsync(fd) != 0) {
    const int error = errno;
    if (fd >= 0) close(fd);
    return absl::UnavailableError(
        fmt::format("store {}: its folder: {}", path, std::strerror(error)));
  }
  close(fd);
  return absl::OkStatus();
}

// FNV-1a. Every part goes in with its length, so that bytes cannot move from one to the next.
class Sum final {
 public:
  Sum& Add(std::string_view bytes) {
    Add(bytes.size());
    for (const char byte : bytes) Step(static_cast<unsigned char>(byte));
    return *this;
  }
  Sum& Add(uint64_t number) {
    for (int shift = 0; shift < 64; shift += 8) Step((number >> shift) & 0xff);
    return *this;
  }
  uint64_t value() const { return value_; }

 private:
  void Step(uint64_t byte) { value_ = (value_ ^ byte) * 0x100000001b3; }
  uint64_t value_ = 0xcbf29ce484222325;
};

absl::Status CheckObjects(SqliteConnection& connection) {
  SqliteStatement row = connection.Prepare("SELECT kind, name, revision, value, sum FROM objects");
  for (;;) {
    SLUICE_ASSIGN_OR_RETURN(const bool more, row.Step());
    if (!more) return absl::OkStatus();
    const Key key{row.Bytes(0), row.Bytes(1)};
    std::optional<std::string> value;
    if (!row.IsNull(3)) value = row.Bytes(3);
    SLUICE_RETURN_IF_ERROR(CheckSum(SumOf(key, row.Number(2), value), row.Number(4),
                                    fmt::format("{} {}", key.kind, key.name)));
  }
}

absl::Status CheckLiveEntries(SqliteConnection& connection) {
  SqliteStatement row = connection.Prepare("SELECT log, key, value, epoch, seq, sum FROM live");
  for (;;) {
    SLUICE_ASSIGN_OR_RETURN(const bool more, row.Step());
    if (!more) return absl::OkStatus();
    const std::string log = row.Bytes(0);
    const LiveEntry entry{row.Bytes(1), row.Bytes(2), {row.Number(3), row.Number(4)}};
    SLUICE_RETURN_IF_ERROR(
        CheckSum(SumOf(log, entry), row.Number(5), fmt::format("an entry of log '{}'", log)));
  }
}

// Every record from `oldest` to `head` must be there.
absl::Status CheckRecords(SqliteConnection& connection) {
  SLUICE_ASSIGN_OR_RETURN(const uint64_t head, connection.Number("SELECT head FROM meta"));
  SLUICE_ASSIGN_OR_RETURN(uint64_t next, connection.Number("SELECT oldest FROM meta"));
  SqliteStatement row = connection.Prepare(
      fmt::format("SELECT {} FROM revisions WHERE number >= ? AND number <= ? ORDER BY number",
                  kRecordColumns));
  row.Bind(next).Bind(head);
  for (;;) {
    SLUICE_ASSIGN_OR_RETURN(const bool more, row.Step());
    if (!more) break;
    SLUICE_ASSIGN_OR_RETURN(const RevisionRecord record, ReadRecord(row));
    if (record.number != next) break;
    ++next;
  }
  if (head == 0 || next == head + 1) return absl::OkStatus();
  return absl::DataLossError(fmt::format("revision {} is missing", next));
}

absl::Status CheckPages(SqliteConnection& connection) {
  SqliteStatement check = connection.Prepare("PRAGMA quick_check(1)");
  SLUICE_ASSIGN_OR_RETURN(const bool row, check.Step());
  if (row && check.Bytes(0) == "ok") return absl::OkStatus();
  return absl::DataLossError(row ? check.Bytes(0) : "the check said nothing");
}

absl::Status CheckContent(SqliteConnection& connection) {
  // One state of the file, whatever another process writes meanwhile.
  SLUICE_ASSIGN_OR_RETURN(SqliteTransaction transaction, SqliteTransaction::Read(connection));
  SLUICE_RETURN_IF_ERROR(CheckPages(connection));
  SLUICE_RETURN_IF_ERROR(CheckRecords(connection));
  SLUICE_RETURN_IF_ERROR(CheckObjects(connection));
  return CheckLiveEntries(connection);
}

}  // namespace

absl::Status CreateStoreFile(const std::string& path, std::chrono::milliseconds busy) {
  std::error_code error;
  if (std::filesystem::exists(path, error)) return absl::OkStatus();
  if (std::filesystem::exists(path + "-wal", error)) {
    return Damaged(path, "the database is gone, but its log (-wal) is there");
  }
  static std::atomic<int> makers = 0;
  const std::string draft = fmt::format("{}.new.{}.{}", path, getpid(), makers++);
  absl::Status made = [&]() -> absl::Status {
    SLUICE_ASSIGN_OR_RETURN(SqliteConnection connection, SqliteConnection::Create(draft, busy));
    return connection.Execute(kCreate);
  }();
  // link, unlike rename, leaves a file alone that somebody else has made meanwhile.
  if (made.ok() && link(draft.c_str(), path.c_str()) != 0 && errno != EEXIST) {
    made = absl::UnavailableError(fmt::format("store {}: {}", path, std::strerror(errno)));
  }
  unlink(draft.c_str());
  if (!made.ok()) return made;
  return SyncFolderOf(path);
}

absl::Status CheckStoreFile(SqliteConnection& connection, const std::string& path) {
  std::error_code error;
  if (std::filesystem::file_size(path, error) == 0 && !error) return Damaged(path, "is empty");
  const absl::StatusOr<uint64_t> id = connection.Number("PRAGMA application_id");
  if (absl::IsDataLoss(id.status())) return Damaged(path, TextOf(id.status(), path));
  SLUICE_RETURN_IF_ERROR(id.status());
  if (*id != kApplicationId) {
    return absl::FailedPreconditionError(
        fmt::format("store {}: is not a file of sluice-control", path));
  }
  SLUICE_ASSIGN_OR_RETURN(const uint64_t schema, connection.Number("PRAGMA user_version"));
  if (schema != kSchema) {
    return absl::FailedPreconditionError(
        fmt::format("store {}: has schema {}, this release reads {}; use the release that wrote it",
                    path, schema, kSchema));
  }
  const absl::Status content = CheckContent(connection);
  // A wrong type or a missing table is an INTERNAL of SQLite, but here it is damage all the same.
  if (absl::IsDataLoss(content) || absl::IsInternal(content)) {
    return Damaged(path, TextOf(content, path));
  }
  return content;
}

uint64_t SumOf(const Key& key, uint64_t revision, const std::optional<std::string>& value) {
  Sum sum;
  sum.Add(key.kind).Add(key.name).Add(revision).Add(uint64_t{value.has_value()});
  if (value) sum.Add(*value);
  return sum.value();
}

uint64_t SumOf(const RevisionRecord& record) {
  return Sum()
      .Add(record.number)
      .Add(static_cast<uint64_t>(absl::ToUnixMicros(record.time)))
      .Add(record.author)
      .Add(uint64_t{record.author_verified})
      .Add(record.reason)
      .Add(record.changes)
      .Add(record.rollback_of)
      .Add(uint64_t{record.compiler_level})
      .Add(record.digest)
      .value();  // Without `withdrawn`, the only part that changes.
}

uint64_t SumOf(std::string_view log, const LiveEntry& entry) {
  return Sum()
      .Add(log)
      .Add(entry.key)
      .Add(entry.value)
      .Add(entry.written.epoch)
      .Add(entry.written.seq)
      .value();
}

absl::Status CheckSum(uint64_t expected, uint64_t stored, std::string_view what) {
  if (expected == stored) return absl::OkStatus();
  return absl::DataLossError(fmt::format("{}: its bytes have changed", what));
}

absl::StatusOr<RevisionRecord> ReadRecord(const SqliteStatement& row) {
  RevisionRecord record;
  record.number = row.Number(0);
  record.time = absl::FromUnixMicros(static_cast<int64_t>(row.Number(1)));
  record.author = row.Bytes(2);
  record.author_verified = row.Number(3) != 0;
  record.reason = row.Bytes(4);
  record.changes = row.Bytes(5);
  record.rollback_of = row.Number(6);
  record.compiler_level = static_cast<uint32_t>(row.Number(7));
  record.digest = row.Bytes(8);
  record.withdrawn = row.Number(9) != 0;
  SLUICE_RETURN_IF_ERROR(
      CheckSum(SumOf(record), row.Number(10), fmt::format("revision {}", record.number)));
  return record;
}

}  // namespace sluice::store
