#include "controlplane/store/sqlite.h"

#include <fmt/format.h>

#include <utility>

#include "dataplane/base/status_macros.h"

namespace sluice::store {
namespace {

absl::StatusCode CodeOf(int extended) {
  switch (extended & 0xff) {
    case SQLITE_FULL:
      return absl::StatusCode::kResourceExhausted;
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
      return absl::StatusCode::kDataLoss;
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
    case SQLITE_CANTOPEN:
    case SQLITE_READONLY:
    case SQLITE_PERM:
      return absl::StatusCode::kUnavailable;
    case SQLITE_IOERR:
      // A page that is shorter than it must be was cut off by somebody.
      return extended == SQLITE_IOERR_SHORT_READ || extended == SQLITE_IOERR_CORRUPTFS
                 ? absl::StatusCode::kDataLoss
                 : absl::StatusCode::kUnavailable;
    default:
      return absl::StatusCode::kInternal;
  }
}

absl::Status StatusOf(sqlite3* database, int code) {
  if (code == SQLITE_OK || code == SQLITE_ROW || code == SQLITE_DONE) return absl::OkStatus();
  const int extended = database ? sqlite3_extended_errcode(database) : code;
  const char* file = database ? sqlite3_db_filename(database, "main") : nullptr;
  const char* text = database ? sqlite3_errmsg(database) : sqlite3_errstr(code);
  return {CodeOf(extended), fmt::format("store {}: {}", file ? file : "", text)};
}

}  // namespace

SqliteStatement::SqliteStatement(sqlite3* database, std::string_view sql) : database_(database) {
  sqlite3_stmt* statement = nullptr;
  Keep(sqlite3_prepare_v2(database, sql.data(), static_cast<int>(sql.size()), &statement, nullptr));
  statement_.reset(statement);
}

void SqliteStatement::Keep(int code) {
  if (error_.ok()) error_ = StatusOf(database_, code);
}

SqliteStatement& SqliteStatement::Bind(uint64_t value) {
  if (error_.ok()) {
    Keep(sqlite3_bind_int64(statement_.get(), next_parameter_++, static_cast<int64_t>(value)));
  }
  return *this;
}

SqliteStatement& SqliteStatement::BindText(std::string_view value) {
  if (error_.ok()) {
    Keep(sqlite3_bind_text64(statement_.get(), next_parameter_++, value.data(), value.size(),
                             SQLITE_TRANSIENT, SQLITE_UTF8));
  }
  return *this;
}

SqliteStatement& SqliteStatement::BindBytes(std::optional<std::string_view> value) {
  if (!error_.ok()) return *this;
  // A null pointer would mean NULL, and an empty view may hold one.
  const char* data = value && value->empty() ? "" : value ? value->data() : nullptr;
  Keep(sqlite3_bind_blob64(statement_.get(), next_parameter_++, data, value ? value->size() : 0,
                           SQLITE_STATIC));
  return *this;
}

absl::StatusOr<bool> SqliteStatement::Step() {
  SLUICE_RETURN_IF_ERROR(error_);
  const int code = sqlite3_step(statement_.get());
  Keep(code);
  SLUICE_RETURN_IF_ERROR(error_);
  return code == SQLITE_ROW;
}

absl::Status SqliteStatement::Run() {
  for (;;) {
    SLUICE_ASSIGN_OR_RETURN(const bool row, Step());
    if (!row) return absl::OkStatus();
  }
}

uint64_t SqliteStatement::Number(int column) const {
  return static_cast<uint64_t>(sqlite3_column_int64(statement_.get(), column));
}

std::string SqliteStatement::Bytes(int column) const {
  const void* data = sqlite3_column_blob(statement_.get(), column);
  const int size = sqlite3_column_bytes(statement_.get(), column);
  return data ? std::string(static_cast<const char*>(data), static_cast<size_t>(size)) : "";
}

bool SqliteStatement::IsNull(int column) const {
  return sqlite3_column_type(statement_.get(), column) == SQLITE_NULL;
}

absl::StatusOr<SqliteConnection> SqliteConnection::OpenWith(const std::string& path, int flags,
                                                            std::chrono::milliseconds busy) {
  sqlite3* database = nullptr;
  const int code = sqlite3_open_v2(path.c_str(), &database,
                                   flags | SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX, nullptr);
  SqliteConnection connection;
  connection.database_.reset(database);
  SLUICE_RETURN_IF_ERROR(StatusOf(database, code));
  sqlite3_extended_result_codes(database, 1);
  sqlite3_busy_timeout(database, static_cast<int>(busy.count()));
  return connection;
}

absl::StatusOr<SqliteConnection> SqliteConnection::Open(const std::string& path,
                                                        std::chrono::milliseconds busy) {
  return OpenWith(path, 0, busy);
}

absl::StatusOr<SqliteConnection> SqliteConnection::Create(const std::string& path,
                                                          std::chrono::milliseconds busy) {
  return OpenWith(path, SQLITE_OPEN_CREATE, busy);
}

absl::Status SqliteConnection::Execute(const char* sql) {
  return StatusOf(database_.get(), sqlite3_exec(database_.get(), sql, nullptr, nullptr, nullptr));
}

absl::StatusOr<uint64_t> SqliteConnection::Number(std::string_view sql) {
  SqliteStatement statement = Prepare(sql);
  SLUICE_ASSIGN_OR_RETURN(const bool row, statement.Step());
  return row ? statement.Number(0) : 0;
}

uint64_t SqliteConnection::Changes() const {
  return static_cast<uint64_t>(sqlite3_changes64(database_.get()));
}

absl::StatusOr<SqliteTransaction> SqliteTransaction::Read(SqliteConnection& connection) {
  SLUICE_RETURN_IF_ERROR(connection.Execute("BEGIN"));
  return SqliteTransaction(connection);
}

absl::StatusOr<SqliteTransaction> SqliteTransaction::Write(SqliteConnection& connection) {
  SLUICE_RETURN_IF_ERROR(connection.Execute("BEGIN IMMEDIATE"));
  return SqliteTransaction(connection);
}

SqliteTransaction::SqliteTransaction(SqliteTransaction&& other) noexcept
    : connection_(std::exchange(other.connection_, nullptr)) {}

SqliteTransaction::~SqliteTransaction() {
  // After some errors (a full disk) SQLite has rolled back by itself. A rollback that fails leaves
  // nothing to do: the file's journal undoes it for the next reader.
  if (connection_ && !connection_->AutoCommits()) (void)connection_->Execute("ROLLBACK");
}

absl::Status SqliteTransaction::Commit() { return connection_->Execute("COMMIT"); }

}  // namespace sluice::store
