// Finds the frame headers in a byte stream (RFC 9113 4.1), cut in any way.
//
// The session does not tell of frames that it ignores (for closed streams, of unknown types), so
// what a flood costs has to be counted from the bytes. The scanner judges nothing: bytes that break
// the rules are refused by the session, and what is scanned behind them does not matter.
// Thread: one loop.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>

namespace sluice::http2 {

// What a frame says of itself; the stream it names is the session's business.
struct FrameHeader {
  uint32_t length = 0;  // of the payload, up to 2^24 - 1
  uint8_t type = 0;
  uint8_t flags = 0;
};

class FrameScanner final {
 public:
  static constexpr size_t kHeaderSize = 9;

  // Calls `accept(const FrameHeader&)` for each frame header that ends in `bytes`. Stops behind the
  // first one it returns false for; after that the scanner must not be used. Returns how many bytes
  // were scanned.
  template <typename F>
  size_t Scan(std::string_view bytes, F&& accept) {
    size_t at = 0;
    while (at < bytes.size()) {
      const size_t skipped = std::min<size_t>(payload_left_, bytes.size() - at);
      payload_left_ -= static_cast<uint32_t>(skipped);
      at += skipped;
      const size_t n = std::min(kHeaderSize - have_, bytes.size() - at);
      std::memcpy(header_ + have_, bytes.data() + at, n);
      have_ += n;
      at += n;
      if (have_ < kHeaderSize) break;
      have_ = 0;
      payload_left_ = static_cast<uint32_t>(header_[0]) << 16 |
                      static_cast<uint32_t>(header_[1]) << 8 | header_[2];
      if (!accept(FrameHeader{payload_left_, header_[3], header_[4]})) break;
    }
    return at;
  }

 private:
  uint8_t header_[kHeaderSize];
  size_t have_ = 0;             // bytes of it
  uint32_t payload_left_ = 0;   // of the frame whose header was last complete
};

}  // namespace sluice::http2
