// The store's file: made whole or not at all, and looked over before anybody reads it.
//
// SQLite notices damaged pages, but not a changed byte inside a value; therefore each row carries a
// sum of its content, and opening checks them all (beside SQLite's own quick_check). The cost is
// one reading of the file at start.
//
// Thread: any; waits for the disk.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "controlplane/store/records.h"
#include "controlplane/store/sqlite.h"

namespace sluice::store {

// Makes an empty store at `path` unless there is a file. It appears under that name only when it is
// complete, so a crash leaves nothing half made; of two makers at once one wins, both succeed.
absl::Status CreateStoreFile(const std::string& path, std::chrono::milliseconds busy);

// DATA_LOSS for an empty, cut or changed file, or one that has a log but no database;
// FAILED_PRECONDITION for another program's database or a newer schema. The text says what to do.
absl::Status CheckStoreFile(SqliteConnection& connection, const std::string& path);

// Sums over everything that a row says (FNV-1a, 64 bit: against accidents, not against forgers).
uint64_t SumOf(const Key& key, uint64_t revision, const std::optional<std::string>& value);
uint64_t SumOf(const RevisionRecord& record);
uint64_t SumOf(std::string_view log, const LiveEntry& entry);

// The columns that ReadRecord takes, in its order.
inline constexpr std::string_view kRecordColumns =
    "number, time_us, author, verified, reason, changes, rollback_of, compiler_level, digest, "
    "withdrawn, sum";

// The record in the statement's row; DATA_LOSS if it does not have its sum.
absl::StatusOr<RevisionRecord> ReadRecord(const SqliteStatement& row);
// The bytes of a row's value; DATA_LOSS naming `what` if `expected` is not what the row says.
absl::Status CheckSum(uint64_t expected, uint64_t stored, std::string_view what);

}  // namespace sluice::store
