#include "dataplane/http1/chunked.h"

#include <algorithm>

#include "dataplane/http/text.h"

namespace sluice::http1 {

ChunkedDecoder::Progress ChunkedDecoder::Decode(buffer::Buffer& in, buffer::Buffer& out,
                                                const Limits& limits) {
  while (!last_) {
    if (in.empty()) return Progress::kMore;
    if (out.slice_count() >= kMaxSlices) return Progress::kFull;
    if (state_ == State::kData) {
      const size_t n = static_cast<size_t>(std::min<uint64_t>(remaining_, in.size()));
      out.MoveFrom(in, n);
      remaining_ -= n;
      if (remaining_ == 0) state_ = State::kDataCr;
      continue;
    }
    const size_t n = TakeFraming(in.front(), limits);
    if (n == kBadFraming) return Progress::kError;
    in.Drain(n);
  }
  return Progress::kTrailers;
}

size_t ChunkedDecoder::TakeFraming(std::string_view bytes, const Limits& limits) {
  size_t n = 0;
  while (n < bytes.size() && state_ != State::kData && !last_) {
    if (!Take(bytes[n], limits)) return kBadFraming;
    ++n;
  }
  return n;
}

bool ChunkedDecoder::Take(char c, const Limits& limits) {
  switch (state_) {
    case State::kSize:
      return TakeSize(c);
    case State::kExtension:
    case State::kQuoted:
    case State::kQuotedPair:
      return TakeExtension(c, limits);
    case State::kSizeLf:
      return c == '\n' && EndSizeLine();
    case State::kDataCr:
      state_ = State::kDataLf;
      return c == '\r';
    case State::kDataLf:
      state_ = State::kSize;
      return c == '\n';
    case State::kData:
      break;
  }
  return false;
}

bool ChunkedDecoder::TakeSize(char c) {
  const int value = http::HexValue(c);
  if (value >= 0) {
    if (++digits_ > 16) return false;
    remaining_ = remaining_ << 4 | static_cast<uint64_t>(value);
    return true;
  }
  if (digits_ == 0) return false;
  // White space before ';' is legal and has no use but to make parsers disagree.
  if (c == ';') {
    state_ = State::kExtension;
    return true;
  }
  state_ = State::kSizeLf;
  return c == '\r';
}

bool ChunkedDecoder::TakeExtension(char c, const Limits& limits) {
  if (c == '\r' && state_ == State::kExtension) {
    state_ = State::kSizeLf;
    return true;
  }
  const uint8_t byte = static_cast<uint8_t>(c);
  if ((byte < 0x20 && c != '\t') || byte == 0x7F) return false;
  if (++extension_line_ > limits.chunk_extension_line) return false;
  if (++extension_total_ > limits.chunk_extensions) return false;
  switch (state_) {
    case State::kExtension:
      if (c == '"') state_ = State::kQuoted;
      break;
    case State::kQuoted:
      if (c == '"') state_ = State::kExtension;
      if (c == '\\') state_ = State::kQuotedPair;
      break;
    default:
      state_ = State::kQuoted;
      break;
  }
  return true;
}

bool ChunkedDecoder::EndSizeLine() {
  // No real body comes near; sums of sizes stay far from wrapping.
  if (remaining_ >> 63 != 0) return false;
  digits_ = 0;
  extension_line_ = 0;
  last_ = remaining_ == 0;
  state_ = State::kData;
  return true;
}

}  // namespace sluice::http1
