#include "controlplane/revision/history.h"

#include <fmt/format.h>

#include "controlplane/model/content.h"
#include "controlplane/model/diff.h"
#include "dataplane/base/status_macros.h"

namespace sluice::revision {

std::string StoredBytes(const sluice::v1::Object& object) { return model::ContentOf(object); }

absl::StatusOr<model::ObjectPtr> ReadObject(const store::Object& stored) {
  auto object = std::make_shared<sluice::v1::Object>();
  if (!object->ParseFromString(stored.value)) {
    return absl::DataLossError(fmt::format("{} '{}' cannot be read from the store", stored.key.kind, stored.key.name));
  }
  object->set_etag(model::EtagOf(*object));
  object->mutable_status()->set_revision(stored.revision);
  return object;
}

absl::StatusOr<model::Config> ReadConfig(store::Store& store, uint64_t revision) {
  SLUICE_ASSIGN_OR_RETURN(const uint64_t head, store.Head());
  if (head == 0 && revision == 0) return model::Config();
  SLUICE_ASSIGN_OR_RETURN(const std::vector<store::Object> stored, store.List(revision, "", ""));
  std::vector<model::ObjectPtr> objects;
  for (const store::Object& one : stored) {
    SLUICE_ASSIGN_OR_RETURN(model::ObjectPtr object, ReadObject(one));
    objects.push_back(std::move(object));
  }
  return model::Config().With(objects, {});
}

sluice::v1::Revision ToRevision(const store::RevisionRecord& record) {
  sluice::v1::Revision out;
  out.set_number(record.number);
  const int64_t micros = absl::ToUnixMicros(record.time);
  out.mutable_time()->set_seconds(micros / 1'000'000);
  out.mutable_time()->set_nanos(static_cast<int32_t>(micros % 1'000'000 * 1000));
  out.set_author(record.author);
  out.set_author_verified(record.author_verified);
  out.set_reason(record.reason);
  sluice::v1::ApplyResponse changes;
  if (changes.ParseFromString(record.changes)) *out.mutable_changes() = changes.changes();
  out.set_rollback_of(record.rollback_of);
  out.set_compiler_level(record.compiler_level);
  out.set_digest(record.digest);
  out.set_withdrawn(record.withdrawn);
  return out;
}

absl::StatusOr<sluice::v1::DiffResponse> Diff(store::Store& store, uint64_t from, uint64_t to) {
  SLUICE_ASSIGN_OR_RETURN(const model::Config before, ReadConfig(store, from));
  SLUICE_ASSIGN_OR_RETURN(const model::Config after, ReadConfig(store, to));
  sluice::v1::DiffResponse response;
  for (sluice::v1::Change& change : model::Diff(before, after)) {
    sluice::v1::ObjectDiff& diff = *response.add_diffs();
    const model::ObjectKey key = model::KeyOf(change.object());
    if (const auto object = before.Find(key)) *diff.mutable_before() = *object;
    if (const auto object = after.Find(key)) *diff.mutable_after() = *object;
    *diff.mutable_change() = std::move(change);
  }
  return response;
}

}  // namespace sluice::revision
