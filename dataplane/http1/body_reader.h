// Takes the body of one received message out of the bytes of the connection (RFC 9112 6.3).
// Thread: one loop. Slices are moved, never copied.
#pragma once

#include <cstdint>

#include "dataplane/buffer/buffer.h"
#include "dataplane/http/head.h"
#include "dataplane/http1/chunked.h"
#include "dataplane/http1/limits.h"

namespace sluice::http1 {

class BodyReader final {
 public:
  enum class Progress : uint8_t {
    kMore,      // all of `in` was used
    kFull,      // `out` holds as many slices as fit without memory of its own: deliver, call again
    kComplete,  // the body is over; what is left in `in` is not part of it
    kTrailers,  // the same, and a trailer section follows
    kError,     // kBadChunk
  };

  // Begins a body; kStream does not occur in HTTP/1.
  void Start(http::BodyFraming framing, uint64_t length);
  // Moves body bytes from `in` to `out`.
  Progress Read(buffer::Buffer& in, buffer::Buffer& out, const Limits& limits);
  http::BodyFraming framing() const { return framing_; }

 private:
  http::BodyFraming framing_ = http::BodyFraming::kNone;
  uint64_t remaining_ = 0;
  ChunkedDecoder chunks_;
};

}  // namespace sluice::http1
