// Two counters against floods (RFC 9113 10.5); pure arithmetic, no clock. Thread: one loop.
#pragma once

#include <cstddef>
#include <cstdint>

namespace sluice::http2 {

// How many frames a peer may send that move nothing: PING, SETTINGS, PRIORITY, WINDOW_UPDATE,
// empty DATA, resets of streams that are gone, unknown types. Each costs 1, and so does a header
// block until it proves useful. Whatever is of use (a response head, body bytes in either
// direction) and each arrival of bytes earns kEarned, up to the burst. So keep-alive pings and
// updates between bodies never run out of it, and a flood, which comes many frames to an arrival,
// does within a few reads.
class FrameBudget final {
 public:
  static constexpr uint32_t kEarned = 10;

  explicit FrameBudget(uint32_t burst) : burst_(burst), left_(burst) {}

  void Earn() { left_ = left_ + kEarned < burst_ ? left_ + kEarned : burst_; }
  // False: it is used up.
  [[nodiscard]] bool Spend() {
    if (left_ == 0) return false;
    --left_;
    return true;
  }

 private:
  uint32_t burst_;
  uint32_t left_;
};

// How many control frames of ours lie unsent on our side: acknowledgements that a peer makes us
// send while it does not read. Positions are counts of output bytes since the connection began.
class ControlQueue final {
 public:
  // A control frame ends at `position`.
  void Add(uint64_t position) {
    ++newer_;
    newer_end_ = position;
  }
  // Output up to `position` has left us.
  void Written(uint64_t position);
  // Never less than the truth.
  uint32_t size() const { return older_ + newer_; }

 private:
  // Two runs of frames, each forgotten when its last byte has left.
  uint32_t older_ = 0;
  uint32_t newer_ = 0;
  uint64_t older_end_ = 0;
  uint64_t newer_end_ = 0;
};

}  // namespace sluice::http2
