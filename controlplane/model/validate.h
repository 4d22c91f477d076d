// Whether a configuration can be served, as far as that can be said without compiling it: names,
// references, ranges, syntax, who may publish where, and clashes between objects. Everything wrong
// is said at once. Pure; any thread.
//
// What is left to the proxies' own compiler (the judge): whether a regex compiles, and how large its
// program is.
#pragma once

#include <vector>

#include "controlplane/model/config.h"
#include "controlplane/model/reporter.h"

namespace sluice::model {

// All objects.
Findings Validate(const Config& config);

// The same after a change, by looking only at `changed` (keys that were added, replaced or removed
// since `previous`) and at what they can spoil: a change of one route costs well under a
// millisecond among 10,000. `previous` has no problems. The problems are those of Validate(next);
// the warnings are those of them that name a changed object.
Findings ValidateChange(const Config& next, const Config& previous,
                        const std::vector<ObjectKey>& changed);

}  // namespace sluice::model
