// Collects a head, or a trailer section, from a buffer that fills piece by piece: says when there
// is something to parse, makes it contiguous, and takes it out of the buffer. Thread: one loop.
// Holds no bytes itself.
#pragma once

#include <cstdint>
#include <string_view>

#include "dataplane/buffer/buffer.h"
#include "dataplane/http1/head_scanner.h"

namespace sluice::http1 {

class HeadReader final {
 public:
  // Contiguous bytes at the front of `in` on which a parser will reach a verdict; empty: more must
  // come. `in` holds the message from its first byte at each call. A head over `max_head`, or a
  // first line over `max_line`, is given out before its end so that the parser can refuse it.
  std::string_view Ready(buffer::BlockPool& pool, buffer::Buffer& in, size_t max_head,
                         size_t max_line);

  // Nothing of the message was looked at yet and all of `in` is contiguous: where its head most
  // likely ends in there, a parser may try before Ready searches for the end.
  bool Fresh(const buffer::Buffer& in) const {
    return scanner_.scanned() == 0 && in.slice_count() == 1;
  }

  // Takes the first `n` bytes, which Ready gave out, from `in`, and is ready for the next head. The
  // bytes do not move: references into them stay good as long as the slice lives.
  buffer::Slice Take(buffer::Buffer& in, size_t n);

  void Reset() { scanner_.Reset(); }

 private:
  HeadScanner scanner_;
};

}  // namespace sluice::http1
