// The chunked coding (RFC 9112 7.1), taken apart as bytes come and strictly: a size is hexadecimal
// digits and nothing else, extensions are dropped under limits, every line ends in CRLF.
//
// Body bytes are moved as slices, not copied. Thread: one loop. One object decodes one message body
// at a time; Reset makes it ready for the next.
#pragma once

#include <cstdint>
#include <string_view>

#include "dataplane/buffer/buffer.h"
#include "dataplane/http/codec.h"
#include "dataplane/http1/limits.h"

namespace sluice::http1 {

class ChunkedDecoder final {
 public:
  enum class Progress : uint8_t {
    kMore,      // everything of `in` was used; more must come
    kFull,      // `out` holds kMaxSlices: the caller passes them on and calls again
    kTrailers,  // the last chunk is over: what follows in `in` is the trailer section
    kError,     // kBadChunk; must not be called again before Reset
  };

  // As many as a buffer::Buffer holds without memory of its own: a body in tiny chunks must not
  // allocate for each.
  static constexpr size_t kMaxSlices = buffer::Buffer::kInlineSlices;

  // Moves body bytes from `in` to the end of `out` and drops the framing between them.
  Progress Decode(buffer::Buffer& in, buffer::Buffer& out, const Limits& limits);
  void Reset() { *this = ChunkedDecoder(); }

 private:
  enum class State : uint8_t {
    kSize,        // digits, then ';' or CR
    kExtension,   // behind ';'
    kQuoted,      // inside a quoted string of an extension
    kQuotedPair,  // behind a backslash in there
    kSizeLf,      // LF of the size line
    kData,
    kDataCr,
    kDataLf,
  };

  // Takes framing bytes of `bytes` up to the next body byte or the end; returns how many, or
  // kBadFraming.
  static constexpr size_t kBadFraming = SIZE_MAX;
  size_t TakeFraming(std::string_view bytes, const Limits& limits);
  // One byte of framing; false if it is not allowed here.
  bool Take(char c, const Limits& limits);
  bool TakeSize(char c);
  bool TakeExtension(char c, const Limits& limits);
  bool EndSizeLine();

  State state_ = State::kSize;
  uint8_t digits_ = 0;            // of this size; more than 16 would overflow
  bool last_ = false;             // the size line of the last chunk was read
  uint64_t remaining_ = 0;        // of this chunk's data
  uint32_t extension_line_ = 0;   // bytes of extensions on this line
  uint32_t extension_total_ = 0;  // and in this message
};

}  // namespace sluice::http1
