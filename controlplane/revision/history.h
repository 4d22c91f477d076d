// Revisions as the API tells of them, read from the store. Every call may wait for a disk: any
// thread but the strand.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "controlplane/model/config.h"
#include "controlplane/store/store.h"
#include "sluice/v1/revision_service.pb.h"

namespace sluice::revision {

// Between the store's bytes and objects: what the system writes on an object (etag, revision) is not
// stored but made on reading.
std::string StoredBytes(const sluice::v1::Object& object);
absl::StatusOr<model::ObjectPtr> ReadObject(const store::Object& stored);

// The whole configuration at `revision`; 0: the head, empty when there is no revision yet.
// OUT_OF_RANGE for one that is not there.
absl::StatusOr<model::Config> ReadConfig(store::Store& store, uint64_t revision);

sluice::v1::Revision ToRevision(const store::RevisionRecord& record);
absl::StatusOr<sluice::v1::DiffResponse> Diff(store::Store& store, uint64_t from, uint64_t to);

}  // namespace sluice::revision
