// Heads of requests and responses, and trailers, from contiguous bytes into http::Head: one pass,
// no copies, no allocation but the head's own array of fields in its arena.
//
// All functions are pure. `bytes` starts at the message, and what the head refers to lies in them:
// the caller gives them to http::Head::HoldBytes. Bytes behind the head are ignored. The verdict
// depends only on the bytes up to the end of the head (or to the first error), never on how many
// follow. On an error the head holds what was parsed before it, for the log.
#pragma once

#include <string_view>

#include "dataplane/http/codec.h"
#include "dataplane/http1/field_lines.h"
#include "dataplane/http1/limits.h"

namespace sluice::http1 {

struct RequestRules {
  UnderscorePolicy underscores = UnderscorePolicy::kRefuse;
  // The transport's: "http" or "https"; static text. A target in absolute form must agree with it,
  // or a client could have a clear request taken for one that came over TLS.
  std::string_view scheme = "http";
};

// RFC 9112 3: start line, fields, framing and all facts of http::Head. Target forms: origin;
// absolute (its authority replaces Host, RFC 9112 3.2.2); authority for CONNECT (path is ""); "*"
// for OPTIONS. Over a limit with no end in sight is an error; else see HeadResult.
HeadResult ParseRequestHead(std::string_view bytes, const Limits& limits, const RequestRules& rules,
                            http::Head& head);

// RFC 9112 4. `request` is the method this answers. For HEAD, 204 and 304 `framing` tells what
// Content-Length said although no body follows: HasResponseBody decides.
HeadResult ParseResponseHead(std::string_view bytes, const Limits& limits, http::Method request,
                             http::Head& head);

// RFC 9112 7.1.2; `bytes` starts behind the last chunk's line. Fields that must not arrive this way
// are in `head` but removed.
HeadResult ParseTrailers(std::string_view bytes, const Limits& limits, UnderscorePolicy underscores,
                         http::Head& head);

// RFC 9112 6.3 (1) and (2).
bool HasResponseBody(http::Method request, uint16_t status);

// The status of a response whose bytes begin with `bytes`; 0 if they are no status line yet. For
// choosing the head to parse into.
uint16_t PeekStatus(std::string_view bytes);

}  // namespace sluice::http1
