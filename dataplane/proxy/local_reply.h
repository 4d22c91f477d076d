// The one place where the gateway's own answers are made: which status and details code a failure
// gets, and in which format the client reads it.
//
// Details codes are literals of [a-z_]: they are in the access log (%RESPONSE_CODE_DETAILS%), and
// an operator greps for them. Formats (RFC 9457, gRPC, plain text) follow the client's Accept and
// Content-Type. Pure functions; no allocation outside the exchange's arena.
#pragma once

#include <cstdint>
#include <string_view>

#include "dataplane/filter/exchange.h"
#include "dataplane/filter/filter.h"
#include "dataplane/http/codec.h"
#include "dataplane/upstream/call.h"

namespace sluice::proxy {

// A request that could not be understood or is over a limit: 4xx (501, 505) by the RFC's table.
filter::LocalReply ReplyFor(http::StreamError error);

// A call that ended without a response head; sets the access log's flag in `flags`.
filter::LocalReply ReplyFor(const upstream::CallFailure& failure, uint32_t& flags);

// Writes the answer into exchange.response (status line, fields, framing) and returns its body,
// which lives as long as the exchange. `head_only` for HEAD requests: same head, no body bytes.
std::string_view WriteLocalReply(filter::Exchange& exchange, const filter::LocalReply& reply);

}  // namespace sluice::proxy
