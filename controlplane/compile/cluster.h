// Service -> Cluster. Pure; any thread.
#pragma once

#include "controlplane/compile/resource.h"
#include "sluice/v1/object.pb.h"

namespace sluice::compile {

// Named as the Service. `service` has no problems. `client`: who gets it.
ResourcePtr CompileCluster(const sluice::v1::Object& service, ClientClass client);

// Whether the endpoints of a Service travel by EDS (as live data, under the Service's name), and not
// in its cluster: from files and registrations, and where zones matter.
bool UsesEds(const sluice::v1::Service& service);

}  // namespace sluice::compile
