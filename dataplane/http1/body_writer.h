// Frames the body of one sent message. Thread: one loop. Body bytes are moved, never copied.
#pragma once

#include <cstdint>

#include "dataplane/buffer/buffer.h"
#include "dataplane/http/head.h"

namespace sluice::http1 {

class BodyWriter final {
 public:
  enum class Kind : uint8_t {
    kNone,    // body bytes are dropped (HEAD, 204, 304)
    kLength,  // exactly the length of the head
    kChunked,
    kRaw,  // until the connection ends, or a tunnel
  };

  // `length` is meaningful with kLength.
  void Start(Kind kind, uint64_t length = 0);
  // Takes all of `data`.
  void Write(buffer::BlockPool& pool, buffer::Buffer& data, buffer::Buffer& out);
  // Ends the body; `trailers` may be nullptr and is dropped unless the body is chunked. False: the
  // body was not as long as its head said, so the peer cannot find the next message.
  [[nodiscard]] bool End(buffer::BlockPool& pool, const http::Head* trailers, buffer::Buffer& out);

 private:
  Kind kind_ = Kind::kNone;
  bool overrun_ = false;  // more came than `length`
  uint64_t remaining_ = 0;
};

}  // namespace sluice::http1
