// Fields that only a gateway may set, removed from what strangers send before filters and router
// look (negative cases 64, 65): private ones, in heads and trailers, and look-alikes of those that
// we set. Some servers read "X.Request-Id" and "X-Request-Id" as one name, so a look-alike would
// reach the service beside ours. Pure functions; thread: the exchange's worker.
#pragma once

#include "dataplane/http/head.h"

namespace sluice::proxy {

// x-envoy-*, method and path overrides, and the like, whatever they say.
void RemovePrivateFields(http::Head& head);

// Fields whose name is one of ours (x-forwarded-*, x-request-id, via, ...) with '.' or '_' in place
// of a '-'.
void RemoveLookAlikes(http::Head& head);

}  // namespace sluice::proxy
