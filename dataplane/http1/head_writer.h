// Writes heads of messages: unbroken runs of the received head are copied as they are around
// removed and changed lines, and the lines that are this hop's own business (framing, Connection)
// are made from the facts of the head, never copied.
//
// Whatever a filter put into a head, what is written is one well-formed head: control characters in
// added values become SP (RFC 9110 5.5), added names that are no tokens are dropped, bytes that
// would end a request target are percent-escaped. Pure functions that append to `out`.
// Thread: one loop.
#pragma once

#include <cstdint>
#include <string_view>

#include "dataplane/buffer/buffer.h"
#include "dataplane/http/head.h"

namespace sluice::http1 {

// The line that tells the peer about the connection.
enum class ConnectionLine : uint8_t { kOmit, kClose, kKeepAlive, kUpgrade };

// How the head says where its body ends.
struct FramingLine {
  enum class Kind : uint8_t { kOmit, kLength, kChunked };
  Kind kind = Kind::kOmit;
  uint64_t length = 0;
};

// A request. Host is what head.authority says; the target is path and query, or the authority for
// CONNECT. The version is HTTP/1.1.
void WriteRequestHead(buffer::BlockPool& pool, const http::Head& head, FramingLine framing,
                      ConnectionLine connection, buffer::Buffer& out);

// A response, informational ones included. An empty reason becomes the registered phrase.
void WriteResponseHead(buffer::BlockPool& pool, const http::Head& head, FramingLine framing,
                       ConnectionLine connection, buffer::Buffer& out);

// The trailer section with its empty line, without fields that may not stand there.
void WriteTrailers(buffer::BlockPool& pool, const http::Head& trailers, buffer::Buffer& out);

// The size line of a chunk of `size` > 0 bytes.
void WriteChunkSize(buffer::BlockPool& pool, uint64_t size, buffer::Buffer& out);

}  // namespace sluice::http1
