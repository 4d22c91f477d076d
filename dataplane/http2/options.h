// What an HTTP/2 connection to an upstream may cost. Plain values, part of compiled configuration;
// the defaults are safe against a hostile peer.
#pragma once

#include <cstdint>

namespace sluice::http2 {

// Received header blocks, decoded: bytes are those of names and values, pseudo-header fields
// included. A block over a limit resets its stream; one that goes on to kBombFactor times a limit
// closes the connection (it is an attack on the decoder and not a large response).
struct Limits {
  uint32_t head = 32 * 1024;          // kHeadTooLarge
  uint32_t fields = 100;              // kTooManyFields
  uint32_t trailers = 8 * 1024;       // kTrailersTooLarge
  uint32_t trailer_fields = 20;       // kTooManyFields
  uint32_t informational = 8;         // 1xx responses before the final one; kTooManyInformational
  uint32_t continuations = 8;         // CONTINUATION frames of one block
  uint32_t settings = 32;             // entries of one SETTINGS frame
  uint32_t queued_control = 1'000;    // control frames of ours that the peer has not read
  uint32_t idle_frames = 10'000;      // see FrameBudget
  uint32_t empty_data = 1;            // DATA frames in a row without bytes and without END_STREAM
};
inline constexpr uint32_t kBombFactor = 8;

struct ClientOptions {
  Limits limits;
  // Streams open at once, however many more the peer allows; never more than kMaxStreams.
  uint32_t streams = 1024;
  // Bytes that the peer may send before we have passed some on (RFC 9113 5.2), in
  // [65535, 2^31 - 1]. A paused stream holds at most `stream_window`, so all of them hold at most
  // that times the number of streams.
  uint32_t stream_window = 64 * 1024;
  uint32_t connection_window = 1024 * 1024;
  // QueuedBytes from which on a sender waits for OnSendable.
  uint32_t high_mark = 32 * 1024;
};
inline constexpr uint32_t kMaxStreams = 4096;

}  // namespace sluice::http2
