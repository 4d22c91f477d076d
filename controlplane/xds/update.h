// What one response says, before it becomes bytes. A value.
#pragma once

#include <string>
#include <vector>

#include "controlplane/snapshot/wire_resource.h"

namespace sluice::xds {

struct Update {
  std::vector<snapshot::WireRef> resources;  // SotW listeners and clusters: the full state
  std::vector<std::string> removed;          // delta only
  std::vector<std::string> changed;          // SotW full state only: names that differ from the last
};

// How a request bears on the last response of its type.
enum class Answer { kNone, kAck, kNack };

}  // namespace sluice::xds
