// What changed between two configurations, in the words of the API (sluice.v1.Change). Pure; any
// thread.
#pragma once

#include <vector>

#include "controlplane/model/config.h"
#include "sluice/v1/config_service.pb.h"

namespace sluice::model {

// By kind and name. Objects that are the same pointer, or differ in etag and status only, did not
// change. UPDATED carries the paths of the fields that differ, written "spec.match.prefix",
// "labels[\"a\"]" and "spec.versions[1].state"; list entries are compared by position.
std::vector<sluice::v1::Change> Diff(const Config& before, const Config& after);

// The same for `keys` alone: the work is that of the batch, not of the configuration.
std::vector<sluice::v1::Change> DiffOf(const Config& before, const Config& after,
                                       const std::vector<ObjectKey>& keys);

}  // namespace sluice::model
