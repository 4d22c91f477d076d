// The hash of one request for clusters that balance by hash, and the cookie it may owe the client.
// Thread: the worker's. Evaluated once per request, when it is first sent on; further attempts use
// the same number, so a retry goes on along the same ring.
#pragma once

#include "dataplane/balance/balancing.h"
#include "dataplane/filter/exchange.h"
#include "dataplane/route/hash_policy.h"

namespace sluice::proxy {

// Nothing where the cluster's policy does not look at it. What is returned lies in the arena.
route::RequestHash HashRequest(filter::Exchange& exchange, const route::HashPolicy& policy,
                               const balance::Balancing& balancing);

}  // namespace sluice::proxy
