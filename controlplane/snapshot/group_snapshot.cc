#include "controlplane/snapshot/group_snapshot.h"

#include <cstdlib>

namespace sluice::snapshot {

size_t GroupSnapshot::Index(Type type) {
  for (size_t i = 0; i < kRevisionedTypes.size(); ++i) {
    if (kRevisionedTypes[i] == type) return i;
  }
  std::abort();  // endpoints are no part of a revision
}

GroupSnapshot::GroupSnapshot(uint64_t revision, std::string group, WireMap clusters, WireMap listeners,
                             WireMap routes)
    : revision_(revision), group_(std::move(group)),
      maps_{std::move(clusters), std::move(listeners), std::move(routes)} {
  for (size_t i = 0; i < maps_.size(); ++i) {
    for (const auto& [name, resource] : maps_[i]) digests_[i].Add(name, resource->version);
  }
}

}  // namespace sluice::snapshot
