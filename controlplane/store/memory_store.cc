#include "controlplane/store/memory_store.h"

#include <utility>

#include "controlplane/store/limits.h"
#include "controlplane/store/refusals.h"
#include "dataplane/base/status_macros.h"

namespace sluice::store {
namespace {

absl::Time ToMicroseconds(absl::Time time) {
  return absl::FromUnixMicros(absl::ToUnixMicros(time));
}

}  // namespace

absl::StatusOr<uint64_t> MemoryStore::Readable(uint64_t revision) const {
  return ReadableRevision(revision, oldest_, head_);
}

absl::StatusOr<uint64_t> MemoryStore::Head() {
  std::lock_guard lock(mutex_);
  return head_;
}

absl::StatusOr<uint64_t> MemoryStore::Oldest() {
  std::lock_guard lock(mutex_);
  return oldest_;
}

absl::StatusOr<Object> MemoryStore::Get(const Key& key, uint64_t revision) {
  std::lock_guard lock(mutex_);
  SLUICE_ASSIGN_OR_RETURN(revision, Readable(revision));
  const auto found = objects_.find(key);
  if (found == objects_.end()) return NoSuchObject(key, revision);
  auto version = found->second.upper_bound(revision);
  if (version == found->second.begin() || !(--version)->second) return NoSuchObject(key, revision);
  return Object{key, *version->second, version->first};
}

absl::StatusOr<std::vector<Object>> MemoryStore::List(uint64_t revision, std::string_view kind,
                                                      std::string_view name_prefix) {
  std::lock_guard lock(mutex_);
  SLUICE_ASSIGN_OR_RETURN(revision, Readable(revision));
  std::vector<Object> objects;
  for (const auto& [key, history] : objects_) {
    if (!kind.empty() && key.kind != kind) continue;
    if (!key.name.starts_with(name_prefix)) continue;
    auto version = history.upper_bound(revision);
    if (version == history.begin() || !(--version)->second) continue;
    objects.push_back({key, *version->second, version->first});
  }
  return objects;
}

absl::StatusOr<std::vector<Version>> MemoryStore::ChangedSince(uint64_t after, uint64_t until) {
  std::lock_guard lock(mutex_);
  SLUICE_ASSIGN_OR_RETURN(until, Readable(until));
  SLUICE_RETURN_IF_ERROR(CheckAfter(after, oldest_, head_));
  std::vector<Version> versions;
  for (const auto& [key, history] : objects_) {
    auto version = history.upper_bound(until);
    if (version == history.begin() || (--version)->first <= after) continue;
    versions.push_back({key, version->second, version->first});
  }
  return versions;
}

absl::StatusOr<RevisionRecord> MemoryStore::GetRevision(uint64_t number) {
  std::lock_guard lock(mutex_);
  SLUICE_ASSIGN_OR_RETURN(number, Readable(number));
  const auto found = revisions_.find(number);
  if (found == revisions_.end()) return NoSuchRevision(number);
  return found->second;
}

absl::StatusOr<std::vector<RevisionRecord>> MemoryStore::ListRevisions(uint64_t before,
                                                                       size_t limit) {
  std::lock_guard lock(mutex_);
  std::vector<RevisionRecord> records;
  auto next = before == 0 ? revisions_.end() : revisions_.lower_bound(before);
  while (next != revisions_.begin() && records.size() < limit) records.push_back((--next)->second);
  return records;
}

absl::StatusOr<Draft> MemoryStore::Begin(uint64_t base) {
  std::lock_guard lock(mutex_);
  if (base != head_) return StaleBase(base, head_);
  staged_.clear();
  draft_ = next_token_++;
  return Draft{head_ + 1, draft_};
}

absl::Status MemoryStore::CheckDraft(const Draft& draft) const {
  if (draft.token != draft_ || draft.revision != head_ + 1) return LostDraft(draft);
  return absl::OkStatus();
}

absl::Status MemoryStore::Stage(const Draft& draft, std::span<const Write> writes) {
  SLUICE_RETURN_IF_ERROR(CheckWrites(writes));
  std::lock_guard lock(mutex_);
  SLUICE_RETURN_IF_ERROR(CheckDraft(draft));
  for (const Write& write : writes) staged_[write.key] = write.value;
  return absl::OkStatus();
}

absl::StatusOr<Published> MemoryStore::Publish(const Draft& draft, const RevisionRecord& record,
                                               std::span<const LiveBatch> live) {
  SLUICE_RETURN_IF_ERROR(CheckLive(live));
  std::lock_guard lock(mutex_);
  SLUICE_RETURN_IF_ERROR(CheckDraft(draft));
  for (const LiveBatch& batch : live) SLUICE_RETURN_IF_ERROR(CheckEpoch(batch));
  Published published{draft.revision, {}};
  for (const LiveBatch& batch : live) published.positions.push_back(Apply(batch));
  for (auto& [key, value] : staged_) objects_[key][draft.revision] = std::move(value);
  staged_.clear();
  RevisionRecord& kept = revisions_[draft.revision] = record;
  kept.number = draft.revision;
  kept.time = ToMicroseconds(record.time);
  head_ = draft.revision;
  if (oldest_ == 0) oldest_ = head_;
  draft_ = 0;
  return published;
}

absl::Status MemoryStore::MarkWithdrawn(uint64_t number) {
  std::lock_guard lock(mutex_);
  const auto found = revisions_.find(number);
  if (found == revisions_.end()) return NoSuchRevision(number);
  found->second.withdrawn = true;
  return absl::OkStatus();
}

absl::Status MemoryStore::Compact(uint64_t oldest) {
  std::lock_guard lock(mutex_);
  SLUICE_ASSIGN_OR_RETURN(oldest, Readable(oldest));
  oldest_ = oldest;
  revisions_.erase(revisions_.begin(), revisions_.lower_bound(oldest));
  for (auto object = objects_.begin(); object != objects_.end();) {
    History& history = object->second;
    auto seen = history.upper_bound(oldest);  // After the version that `oldest` sees, if any.
    if (seen != history.begin()) {
      if (std::prev(seen)->second) --seen;
      history.erase(history.begin(), seen);
    }
    object = history.empty() ? objects_.erase(object) : std::next(object);
  }
  return absl::OkStatus();
}

absl::StatusOr<std::map<std::string, uint64_t>> MemoryStore::Targets() {
  std::lock_guard lock(mutex_);
  return std::map<std::string, uint64_t>(targets_.begin(), targets_.end());
}

absl::StatusOr<uint64_t> MemoryStore::Target(std::string_view group) {
  std::lock_guard lock(mutex_);
  const auto found = targets_.find(group);
  if (found == targets_.end()) return NoSuchGroup(group);
  return found->second;
}

absl::Status MemoryStore::SetTarget(std::string_view group, uint64_t revision) {
  std::lock_guard lock(mutex_);
  if (revision == 0) {
    targets_.erase(std::string(group));
    return absl::OkStatus();
  }
  if (!revisions_.contains(revision)) return NoSuchRevision(revision);
  targets_[std::string(group)] = revision;
  return absl::OkStatus();
}

absl::StatusOr<uint64_t> MemoryStore::BeginEpoch(std::string_view log) {
  std::lock_guard lock(mutex_);
  Log& kept = logs_[std::string(log)];
  kept.position = {kept.position.epoch + 1, 0};
  return kept.position.epoch;
}

absl::Status MemoryStore::CheckEpoch(const LiveBatch& batch) {
  const uint64_t current = logs_[batch.log].position.epoch;
  if (batch.epoch != current) return StaleEpoch(batch, current);
  return absl::OkStatus();
}

LogPosition MemoryStore::Apply(const LiveBatch& batch) {
  Log& log = logs_[batch.log];
  for (const LiveWrite& write : batch.writes) {
    ++log.position.seq;
    if (write.value) {
      log.entries[write.key] = {write.key, *write.value, log.position};
    } else {
      log.entries.erase(write.key);
    }
  }
  return log.position;
}

absl::StatusOr<LogPosition> MemoryStore::WriteLive(const LiveBatch& batch) {
  SLUICE_RETURN_IF_ERROR(CheckLive({&batch, 1}));
  std::lock_guard lock(mutex_);
  SLUICE_RETURN_IF_ERROR(CheckEpoch(batch));
  return Apply(batch);
}

absl::StatusOr<LiveLog> MemoryStore::ReadLive(std::string_view log) {
  std::lock_guard lock(mutex_);
  LiveLog content;
  const auto found = logs_.find(log);
  if (found == logs_.end()) return content;
  content.position = found->second.position;
  for (const auto& [key, entry] : found->second.entries) content.entries.push_back(entry);
  return content;
}

}  // namespace sluice::store
