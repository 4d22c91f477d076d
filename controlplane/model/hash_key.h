// What the requests for a Service are hashed by, in a form that can be compared: the hash of a
// Service reaches the routes that forward to it. Pure; any thread.
#pragma once

#include <string>

#include "sluice/v1/service.pb.h"

namespace sluice::model {

// Equal texts: requests are hashed alike. "": not at all. Not for people to read.
std::string HashKey(const sluice::v1::Service& service);

}  // namespace sluice::model
