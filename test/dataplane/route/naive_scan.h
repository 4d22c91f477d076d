// The router as a plain loop, written from the meaning of the configuration and not from the
// compiled structures: what the differential test compares the Table with.
#pragma once

#include <cstdint>
#include <string_view>

#include "dataplane/http/head.h"
#include "dataplane/route/table.h"

namespace sluice::route {

// The first route of `host` in order that takes the request; null if none.
const Route* NaiveRoute(const VirtualHost& host, const http::Head& head, uint64_t random);

// Exact domain, then the longest "*suffix", then the longest "prefix*", then "*".
const VirtualHost* NaiveHost(const Table& table, std::string_view authority);

}  // namespace sluice::route
