// A listener of one or more Gateways -> Listener. Pure; any thread.
#pragma once

#include <string>
#include <vector>

#include "controlplane/compile/resource.h"
#include "controlplane/model/config.h"

namespace sluice::compile {

// A Gateway and which of its listeners it is about.
struct ListenerOwner {
  model::ObjectPtr gateway;
  int index = 0;
  friend bool operator==(const ListenerOwner&, const ListenerOwner&) = default;
};

// `owners` are not empty and were found equal by validation, so the first speaks for all. Routes
// come by RDS under the listener's own name. The connection manager is set for the edge: what a
// client sends is normalised, ambiguous paths are refused, and its address is the peer's.
ResourcePtr CompileListener(const std::string& name, const std::vector<ListenerOwner>& owners);

}  // namespace sluice::compile
