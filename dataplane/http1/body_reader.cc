#include "dataplane/http1/body_reader.h"

#include <algorithm>

namespace sluice::http1 {

void BodyReader::Start(http::BodyFraming framing, uint64_t length) {
  framing_ = framing;
  remaining_ = framing == http::BodyFraming::kLength ? length : 0;
  if (framing == http::BodyFraming::kChunked) chunks_.Reset();
}

BodyReader::Progress BodyReader::Read(buffer::Buffer& in, buffer::Buffer& out,
                                      const Limits& limits) {
  switch (framing_) {
    case http::BodyFraming::kLength: {
      const size_t n = static_cast<size_t>(std::min<uint64_t>(remaining_, in.size()));
      out.MoveFrom(in, n);
      remaining_ -= n;
      return remaining_ == 0 ? Progress::kComplete : Progress::kMore;
    }
    case http::BodyFraming::kChunked:
      switch (chunks_.Decode(in, out, limits)) {
        case ChunkedDecoder::Progress::kMore:
          return Progress::kMore;
        case ChunkedDecoder::Progress::kFull:
          return Progress::kFull;
        case ChunkedDecoder::Progress::kTrailers:
          return Progress::kTrailers;
        case ChunkedDecoder::Progress::kError:
          return Progress::kError;
      }
      return Progress::kError;
    case http::BodyFraming::kUntilClose:
      out.MoveFrom(in, in.size());
      return Progress::kMore;
    case http::BodyFraming::kNone:
    case http::BodyFraming::kStream:
      break;
  }
  return Progress::kComplete;
}

}  // namespace sluice::http1
