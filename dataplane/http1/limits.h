// What one HTTP/1 message may cost, and the few rules an operator may loosen. Plain values, part of
// compiled configuration; the defaults are safe for the open internet.
#pragma once

#include <cstdint>

namespace sluice::http1 {

// Bytes unless the name says otherwise. A message over a limit fails with the error named.
struct Limits {
  uint32_t start_line = 8 * 1024;            // without its CRLF; kTargetTooLong
  uint32_t head = 32 * 1024;                 // start line and fields; at most 60 KiB; kHeadTooLarge
  uint32_t fields = 100;                     // lines; kTooManyFields
  uint32_t trailers = 8 * 1024;              // kTrailersTooLarge
  uint32_t trailer_fields = 20;              // lines; kTooManyFields
  uint32_t chunk_extension_line = 4 * 1024;  // kBadChunk
  uint32_t chunk_extensions = 16 * 1024;     // of one message; kBadChunk
  uint32_t informational = 8;                // 1xx responses before the final one
  uint32_t drain = 64 * 1024;                // request body dropped after an early response
};

// What to do with a field name that holds '_'. Gateways in front of CGI-like servers see two names
// become one ("X_User" and "X-User"), so the default refuses
// (xDS: HttpProtocolOptions.headers_with_underscores_action).
enum class UnderscorePolicy : uint8_t { kRefuse, kDrop, kAllow };

}  // namespace sluice::http1
