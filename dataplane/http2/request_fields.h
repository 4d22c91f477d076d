// A head or trailers of ours as the name-value list that HPACK encodes (RFC 9113 8.2, 8.3.1).
//
// Whatever a filter put into a head, the list is well-formed: names that are no tokens are dropped,
// CR, LF and NUL in added values become SP, bytes that would end a request target are escaped.
// Fields of the connection and of framing (RFC 9113 8.2.2) are never copied: content-length comes
// from head.framing, :authority from head.authority in place of Host, and of TE only `trailers` is
// left. Values of credentials are marked never-indexed (RFC 7541 7.1.3): requests of many users
// share one compression context. Pure functions. Thread: one loop.
#pragma once

#include <nghttp2/nghttp2.h>

#include <span>

#include "dataplane/buffer/arena.h"
#include "dataplane/http/codec.h"
#include "dataplane/http/head.h"

namespace sluice::http2 {

// The list lies in `arena`; names and values point there or into `head`.
std::span<const nghttp2_nv> RequestFields(const http::Head& head, http::EndStream end,
                                          buffer::Arena& arena);

// The same for trailers, without fields that may not stand there; names and values are copied, so
// that `trailers` may go.
std::span<const nghttp2_nv> TrailerFields(const http::Head& trailers, buffer::Arena& arena);

}  // namespace sluice::http2
