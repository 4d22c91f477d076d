// What every proxy of one group holds at one revision: three maps of resources and their digests.
// Immutable; shared by streams, roll-outs and the judge. Resources that did not change are those of
// the snapshot before, so a new revision costs what it changes. Any thread.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "controlplane/snapshot/digest_sum.h"
#include "controlplane/snapshot/wire_resource.h"

namespace sluice::snapshot {

class GroupSnapshot final {
 public:
  // `group`: its name, for Commit.group.
  GroupSnapshot(uint64_t revision, std::string group, WireMap clusters, WireMap listeners, WireMap routes);

  uint64_t revision() const { return revision_; }
  const std::string& group() const { return group_; }
  // `type` is a revisioned one.
  const WireMap& of(Type type) const { return maps_[Index(type)]; }
  const DigestSum& digest(Type type) const { return digests_[Index(type)]; }
  // Both serve the same: a proxy that has one needs nothing to have the other.
  bool SameContent(const GroupSnapshot& other) const { return digests_ == other.digests_; }

 private:
  static size_t Index(Type type);
  uint64_t revision_;
  std::string group_;
  std::array<WireMap, 3> maps_;
  std::array<DigestSum, 3> digests_;
};

using GroupSnapshotRef = std::shared_ptr<const GroupSnapshot>;

}  // namespace sluice::snapshot
