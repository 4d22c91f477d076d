// The text of an endpoints file: a YAML or JSON map with one list, `endpoints`, as in
// sluice.v1.StaticEndpoints.
//
// Thread: any; pure.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "controlplane/discovery/endpoint.h"

namespace sluice::discovery {

// Larger files are refused unread.
inline constexpr size_t kMaxEndpointFileBytes = 32 << 20;

// INVALID_ARGUMENT with the first thing that is wrong: "line 3: endpoints[1].port: ...". Unknown
// fields are refused; a missing list is too, because it may be the rest of a file half written. An
// empty list is a list.
absl::StatusOr<std::vector<Endpoint>> ParseEndpointFile(std::string_view text);

}  // namespace sluice::discovery
