// Objects and configurations written as text, and findings as text to compare with.
#pragma once

#include <string>
#include <vector>

#include "controlplane/model/config.h"
#include "controlplane/model/reporter.h"

namespace sluice::model {

// An Object in the text format of protobuf; the process ends if it cannot be read. `spec` members are
// written by their field: `gateway { ... }`.
ObjectPtr Obj(const std::string& kind, const std::string& name, const std::string& spec);

// Gateway web (admits team shop to /shop), Api shop/api on it at /shop with versions v1 and v2 in the
// path, Service shop/backend and Route shop/list. Nothing is wrong with it.
Config ShopConfig();
// The same with one more or another object.
Config ShopConfigWith(const std::vector<ObjectPtr>& upserts);

// "Route shop/list spec.api unknown_reference", one for each problem.
std::vector<std::string> Lines(const std::vector<sluice::v1::Problem>& problems);
// Those of Validate(config).
std::vector<std::string> ProblemsOf(const Config& config);
// Those of ShopConfigWith({Obj(kind, name, spec)}).
std::vector<std::string> ProblemsWith(const std::string& kind, const std::string& name,
                                      const std::string& spec);

using Strings = std::vector<std::string>;

}  // namespace sluice::model
