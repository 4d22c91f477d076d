// From a Draft to a Snapshot: the compiled clusters meet the process-wide ones of the same names.
//
// Thread: config (or main before other threads run), because the registry belongs to it. Nothing
// that is served changes here: a cluster that `served` has keeps the spec and the endpoints it
// serves until PublishClusters. One that nobody serves gets its spec, and its endpoints if it is
// STATIC, at once, so that it is warm when it is served.
#pragma once

#include <functional>
#include <memory>

#include "dataplane/config/draft.h"
#include "dataplane/config/snapshot.h"
#include "dataplane/upstream/registry.h"

namespace sluice::config {

// `served` may be nullptr.
std::shared_ptr<const Snapshot> AssembleSnapshot(const Draft& draft, const Snapshot* served,
                                                 upstream::Registry& registry);

// Makes the clusters of `draft` what workers see; costs a comparison for each that did not change.
// Those for which `waits` says true keep what they serve (xds.md R57) until a later call.
// `clusters` was assembled from `draft`.
void PublishClusters(const Draft& draft, const ClusterDirectory& clusters,
                     upstream::Registry& registry,
                     const std::function<bool(const upstream::ClusterSpec&)>& waits);

}  // namespace sluice::config
