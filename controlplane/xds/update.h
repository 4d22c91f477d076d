// What one response says, before it becomes bytes. A value.
#pragma once

#include <string>
#include <vector>

#include "controlplane/snapshot/wire_resource.h"

namespace sluice::xds {

struct Update {
  std::vector<snapshot::WireRef> resources;  // SotW listeners and clusters: the full state
  std::vector<std::string> removed;          // delta only
};

// How a request bears on the last response of its type.
enum class Answer { kNone, kAck, kNack };

}  // namespace sluice::xds
