// What the gateway itself says about a request before any route does: canonical path and
// authority, methods it answers or refuses, loops, and the fields that describe the hop.
//
// Everything a stranger could forge is removed or rebuilt here, before filters and router look
// (negative cases 63-65, 67-75). Pure functions over one exchange; thread: its worker.
#pragma once

#include <optional>

#include "dataplane/config/http_config.h"
#include "dataplane/filter/exchange.h"
#include "dataplane/filter/filter.h"

namespace sluice::proxy {

// The order matters: Canonicalise, then CheckMethod, then RewriteHopFields.

// Replaces path and authority by their one canonical form; a reply if they have none.
std::optional<filter::LocalReply> Canonicalise(filter::Exchange& exchange,
                                               const config::HttpConfig& config);

// TRACE, CONNECT, `OPTIONS *`, Max-Forwards (RFC 9110 7.6.2) and upgrades that are not enabled.
std::optional<filter::LocalReply> CheckMethod(filter::Exchange& exchange);

// Hop-by-hop fields out, X-Forwarded-*, X-Request-Id and Via in; 508 when our own Via entry is
// there too often. `new_request_id` is a field line that outlives the exchange or is in its arena.
std::optional<filter::LocalReply> RewriteHopFields(filter::Exchange& exchange,
                                                   const config::HttpConfig& config,
                                                   std::string_view new_request_id);

// Removes Connection, what it names, and the other hop-by-hop fields (RFC 9110 7.6.1).
void RemoveHopByHop(http::Head& head);

// Response side: hop-by-hop fields out; Server, Date and X-Request-Id as configured. `date_line` is
// the worker's cached field line.
void RewriteResponseFields(filter::Exchange& exchange, const config::HttpConfig& config,
                           std::string_view date_line);

}  // namespace sluice::proxy
