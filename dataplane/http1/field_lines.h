// Field lines of a head or of trailers (RFC 9112 5), strictly: what two parsers could read in two
// ways is an error. One pass fills the http::Head and notes what framing and connection need.
//
// Pure functions over bytes that stay alive as long as the head (http::Head::HoldBytes).
#pragma once

#include <cstdint>
#include <string_view>

#include "dataplane/http/codec.h"
#include "dataplane/http1/limits.h"

namespace sluice::http1 {

// What the lines said, beyond their values in the head.
struct FieldFacts {
  enum Flag : uint16_t {
    kLength = 1 << 0,         // Content-Length, valid, once
    kChunked = 1 << 1,        // Transfer-Encoding, exactly "chunked"
    kExpect = 1 << 2,         // Expect: 100-continue
    kHost = 1 << 3,           // one Host line
    // From here on: about the connection.
    kClose = 1 << 4,          // Connection: close
    kFirstConnectionFlag = kClose,
    kKeepAlive = 1 << 5,      // Connection: keep-alive
    kUpgradeOption = 1 << 6,  // Connection: upgrade
    kOtherOption = 1 << 7,    // Connection names further fields
    kUpgrade = 1 << 8,        // Upgrade names something but h2c
  };
  uint16_t flags = 0;
  uint64_t content_length = 0;
  std::string_view host;

  bool Has(Flag flag) const { return (flags & flag) != 0; }
};

enum class LineKind : uint8_t { kRequest, kResponse, kTrailer };

struct LineRules {
  LineKind kind;
  UnderscorePolicy underscores;
  uint32_t max_fields;
};

// Where a parse got to. `consumed` 0 without an error: the bytes end before the head does.
struct [[nodiscard]] HeadResult {
  http::StreamError error = http::StreamError::kNone;
  uint32_t consumed = 0;
};

// Parses lines from bytes[begin] to the empty line; `consumed` counts from the start of `bytes`.
// Trailers that must not be merged are added with Field::kRemoved (RFC 9110 6.5.1).
HeadResult ParseFieldLines(std::string_view bytes, size_t begin, const LineRules& rules,
                           http::Head& head, FieldFacts& facts);

// Removes the fields that Connection names, once all lines are there (RFC 9110 7.6.1). Naming a
// field that is meant for the recipient of the message is an error: dropping Host, Authorization or
// X-Forwarded-For is what such a peer is after.
http::StreamError ApplyConnectionOptions(http::Head& head);

}  // namespace sluice::http1
