// SQLite behind values: a connection, a statement and a transaction that clean up after themselves
// and speak absl::Status in the words of store.h.
//
// Thread: one at a time for a connection and what belongs to it; the store holds a mutex.
#pragma once

#include <sqlite3.h>

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace sluice::store {

// A statement being bound and stepped through. Errors of preparing and binding are kept and come
// out of Step() or Run(), so that calls can be chained.
class SqliteStatement final {
 public:
  // Bind the next parameter, from the first. SQLite's integers are signed: a number above 2^63
  // comes back as it was, but does not compare well.
  SqliteStatement& Bind(uint64_t value);
  // The text is copied.
  SqliteStatement& BindText(std::string_view value);
  // Absent: NULL. The bytes must live until the statement is done.
  SqliteStatement& BindBytes(std::optional<std::string_view> value);

  // True: there is a row; false: the end.
  absl::StatusOr<bool> Step();
  // Steps to the end, for statements without rows.
  absl::Status Run();

  // Of the row, columns from 0.
  uint64_t Number(int column) const;
  std::string Bytes(int column) const;
  bool IsNull(int column) const;

 private:
  friend class SqliteConnection;
  struct Finalize {
    void operator()(sqlite3_stmt* statement) const { sqlite3_finalize(statement); }
  };
  SqliteStatement(sqlite3* database, std::string_view sql);
  void Keep(int code);

  sqlite3* database_;  // The connection's, which outlives this.
  std::unique_ptr<sqlite3_stmt, Finalize> statement_;
  int next_parameter_ = 1;
  absl::Status error_;
};

class SqliteConnection final {
 public:
  // Opens an existing file for reading and writing. A call that finds it locked waits up to `busy`.
  static absl::StatusOr<SqliteConnection> Open(const std::string& path,
                                               std::chrono::milliseconds busy);
  // The same, but makes the file.
  static absl::StatusOr<SqliteConnection> Create(const std::string& path,
                                                 std::chrono::milliseconds busy);

  SqliteStatement Prepare(std::string_view sql) { return {database_.get(), sql}; }
  // Several statements without parameters and rows.
  absl::Status Execute(const char* sql);
  // The first column of the first row as a number, or 0.
  absl::StatusOr<uint64_t> Number(std::string_view sql);
  // Rows that the last statement changed.
  uint64_t Changes() const;
  // False inside a transaction.
  bool AutoCommits() const { return sqlite3_get_autocommit(database_.get()) != 0; }

 private:
  struct Close {
    void operator()(sqlite3* database) const { sqlite3_close_v2(database); }
  };
  static absl::StatusOr<SqliteConnection> OpenWith(const std::string& path, int flags,
                                                   std::chrono::milliseconds busy);
  std::unique_ptr<sqlite3, Close> database_;
};

// Rolled back unless committed.
class SqliteTransaction final {
 public:
  // What it reads is one state of the store.
  static absl::StatusOr<SqliteTransaction> Read(SqliteConnection& connection);
  // Takes the write lock of the file at once: UNAVAILABLE after the busy time.
  static absl::StatusOr<SqliteTransaction> Write(SqliteConnection& connection);
  SqliteTransaction(SqliteTransaction&& other) noexcept;
  SqliteTransaction& operator=(SqliteTransaction&&) = delete;
  ~SqliteTransaction();

  // OK means: on disk.
  absl::Status Commit();

 private:
  explicit SqliteTransaction(SqliteConnection& connection) : connection_(&connection) {}
  SqliteConnection* connection_;  // A borrow; null once moved from.
};

}  // namespace sluice::store
