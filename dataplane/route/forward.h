// What a route does to a request before it is sent on: choice of the cluster, rewrites of path and
// host, added and removed fields. Pure functions over the head and its arena; what they write may
// borrow from the route, which outlives the head.
#pragma once

#include <cstdint>
#include <string_view>

#include "dataplane/buffer/arena.h"
#include "dataplane/http/head.h"
#include "dataplane/route/route.h"

namespace sluice::route {

struct ClusterPick {
  std::string_view name;                      // "": the field that should name it is absent
  const WeightedCluster* weighted = nullptr;  // the share taken, if the route splits
};

// `random`: any 64-bit number; the shares are its remainder by total_weight.
ClusterPick PickCluster(const Forward& forward, const http::Head& head, uint64_t random);

// The path to send; `path` itself if the route does not rewrite, else in the arena. A prefix
// rewrite replaces as many bytes as the rule matched: its text for prefixes, everything for an
// exact path or a regex. The result always starts with '/'.
std::string_view RewritePath(const Route& route, std::string_view path, buffer::Arena& arena);

enum class OriginalPath : uint8_t { kDrop, kInsert };
// Makes the request that goes upstream: the weighted share's fields and host, the route's fields by
// level, then path and host. kInsert writes x-envoy-original-path when the path changes.
void FinalizeRequest(const Route& route, const ClusterPick& pick, OriginalPath original_path,
                     http::Head& head);
// The same for the response's fields. `pick` as at the request; {} for responses of our own.
void FinalizeResponse(const Route& route, const ClusterPick& pick, http::Head& response);

}  // namespace sluice::route
