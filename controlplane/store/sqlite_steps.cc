#include "controlplane/store/sqlite_steps.h"

#include "controlplane/store/refusals.h"
#include "controlplane/store/sqlite_file.h"
#include "dataplane/base/status_macros.h"

namespace sluice::store {

absl::StatusOr<Heads> ReadHeads(SqliteConnection& connection) {
  SqliteStatement row = connection.Prepare("SELECT head, oldest, draft FROM meta");
  SLUICE_ASSIGN_OR_RETURN(const bool found, row.Step());
  if (!found) return absl::DataLossError("store: has no head");
  return Heads{row.Number(0), row.Number(1), row.Number(2)};
}

absl::Status CheckDraft(SqliteConnection& connection, const Draft& draft) {
  SLUICE_ASSIGN_OR_RETURN(const Heads heads, ReadHeads(connection));
  if (heads.draft != draft.token || heads.head + 1 != draft.revision) return LostDraft(draft);
  return absl::OkStatus();
}

absl::StatusOr<LogPosition> ReadPosition(SqliteConnection& connection, std::string_view log) {
  SqliteStatement row = connection.Prepare("SELECT epoch, seq FROM logs WHERE log = ?");
  SLUICE_ASSIGN_OR_RETURN(const bool found, row.BindText(log).Step());
  return found ? LogPosition{row.Number(0), row.Number(1)} : LogPosition{};
}

absl::Status WritePosition(SqliteConnection& connection, std::string_view log,
                           const LogPosition& position) {
  return connection.Prepare("INSERT OR REPLACE INTO logs VALUES (?, ?, ?)")
      .BindText(log)
      .Bind(position.epoch)
      .Bind(position.seq)
      .Run();
}

absl::StatusOr<LogPosition> WriteBatch(SqliteConnection& connection, const LiveBatch& batch) {
  SLUICE_ASSIGN_OR_RETURN(LogPosition position, ReadPosition(connection, batch.log));
  if (position.epoch != batch.epoch) return StaleEpoch(batch, position.epoch);
  for (const LiveWrite& write : batch.writes) {
    ++position.seq;
    if (!write.value) {
      SLUICE_RETURN_IF_ERROR(connection.Prepare("DELETE FROM live WHERE log = ? AND key = ?")
                                 .BindText(batch.log)
                                 .BindBytes(write.key)
                                 .Run());
      continue;
    }
    const LiveEntry entry{write.key, *write.value, position};
    SLUICE_RETURN_IF_ERROR(
        connection.Prepare("INSERT OR REPLACE INTO live VALUES (?, ?, ?, ?, ?, ?)")
            .BindText(batch.log)
            .BindBytes(entry.key)
            .BindBytes(entry.value)
            .Bind(position.epoch)
            .Bind(position.seq)
            .Bind(SumOf(batch.log, entry))
            .Run());
  }
  SLUICE_RETURN_IF_ERROR(WritePosition(connection, batch.log, position));
  return position;
}

absl::Status CheckRevisionExists(SqliteConnection& connection, uint64_t number) {
  SqliteStatement row = connection.Prepare("SELECT 1 FROM revisions WHERE number = ?");
  SLUICE_ASSIGN_OR_RETURN(const bool found, row.Bind(number).Step());
  return found ? absl::OkStatus() : NoSuchRevision(number);
}

}  // namespace sluice::store
