// The steps inside a transaction that several calls of SqliteStore share.
//
// Thread: that of the connection; a transaction is open.
#pragma once

#include <cstdint>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "controlplane/store/records.h"
#include "controlplane/store/sqlite.h"

namespace sluice::store {

// The one row of `meta`.
struct Heads {
  uint64_t head = 0;
  uint64_t oldest = 0;
  uint64_t draft = 0;  // The token that may go on; counts up, so that none comes twice.
};
absl::StatusOr<Heads> ReadHeads(SqliteConnection& connection);

// ABORTED unless `draft` may go on.
absl::Status CheckDraft(SqliteConnection& connection, const Draft& draft);

// {0, 0} for a log that nobody has begun.
absl::StatusOr<LogPosition> ReadPosition(SqliteConnection& connection, std::string_view log);
absl::Status WritePosition(SqliteConnection& connection, std::string_view log,
                           const LogPosition& position);
// ABORTED if the batch is of another epoch; else writes it and returns where the log is then.
absl::StatusOr<LogPosition> WriteBatch(SqliteConnection& connection, const LiveBatch& batch);

// NOT_FOUND unless there is such a record.
absl::Status CheckRevisionExists(SqliteConnection& connection, uint64_t number);

}  // namespace sluice::store
