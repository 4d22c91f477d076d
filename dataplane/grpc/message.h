// Length-prefixed messages: the framing of gRPC inside an HTTP body (gRPC over HTTP/2,
// "Length-Prefixed-Message"). A message is one byte of flags (1: compressed), its length in four
// bytes, big-endian, and its bytes. HTTP/2 frames and messages do not line up. Thread: one loop.
#pragma once

#include <cstddef>
#include <cstdint>

#include "dataplane/buffer/buffer.h"

namespace sluice::grpc {

inline constexpr size_t kMessagePrefix = 5;

// Appends the prefix and moves the bytes of `message` behind it; they may be none, and at most
// 2^32 - 1.
void AppendMessage(buffer::BlockPool& pool, buffer::Buffer& message, buffer::Buffer& out);

// Cuts a body, arriving in any pieces, into messages. Bytes are moved, never copied beyond the
// prefix. Nothing is reserved for a length that was only announced.
class MessageReader final {
 public:
  // `max_message`: bytes of one message; announcing more is an error at once.
  MessageReader(buffer::BlockPool& pool, uint32_t max_message)
      : pool_(pool), max_message_(max_message) {}

  enum class Result : uint8_t {
    kMessage,     // one more message is there
    kIncomplete,  // more bytes are needed
    // Ends of the stream; the reader must not be used again.
    kTooLarge,    // RESOURCE_EXHAUSTED
    kCompressed,  // no compression was negotiated: INTERNAL
    kBadFlags,    // INTERNAL
  };

  // Takes all of `data`.
  void Append(buffer::Buffer& data) { in_.Append(data); }
  // The next message, without prefix, into `message` (cleared first). Call until kIncomplete.
  [[nodiscard]] Result Next(buffer::Buffer& message);
  // Bytes of an incomplete message are held: a stream that ends now was cut.
  bool inside_message() const { return has_length_ || !in_.empty(); }
  size_t held_bytes() const { return in_.size(); }

 private:
  buffer::BlockPool& pool_;
  const uint32_t max_message_;
  buffer::Buffer in_;
  bool has_length_ = false;
  uint32_t length_ = 0;
};

}  // namespace sluice::grpc
