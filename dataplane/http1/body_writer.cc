#include "dataplane/http1/body_writer.h"

#include <algorithm>

#include "dataplane/http1/head_writer.h"

namespace sluice::http1 {
namespace {

// A body this short goes into the memory behind its head: one piece costs the kernel and us less
// than two, and the received block is free earlier.
constexpr size_t kCopiedBelow = 512;

}  // namespace

void BodyWriter::Start(Kind kind, uint64_t length) {
  kind_ = kind;
  overrun_ = false;
  remaining_ = kind == Kind::kLength ? length : 0;
}

void BodyWriter::Write(buffer::BlockPool& pool, buffer::Buffer& data, buffer::Buffer& out) {
  if (data.empty()) return;
  switch (kind_) {
    case Kind::kNone:
      data.Clear();
      break;
    case Kind::kLength: {
      const size_t n = static_cast<size_t>(std::min<uint64_t>(remaining_, data.size()));
      overrun_ = overrun_ || n < data.size();
      remaining_ -= n;
      if (n <= kCopiedBelow && data.slice_count() == 1 && !out.empty()) {
        out.AppendCopy(pool, data.front().substr(0, n));
      } else {
        out.MoveFrom(data, n);
      }
      data.Clear();
      break;
    }
    case Kind::kChunked:
      WriteChunkSize(pool, data.size(), out);
      out.Append(data);
      out.Append(buffer::Slice::Static("\r\n"));
      break;
    case Kind::kRaw:
      out.Append(data);
      break;
  }
}

bool BodyWriter::End(buffer::BlockPool& pool, const http::Head* trailers, buffer::Buffer& out) {
  if (kind_ == Kind::kChunked) {
    if (trailers == nullptr) {
      out.Append(buffer::Slice::Static("0\r\n\r\n"));
    } else {
      out.Append(buffer::Slice::Static("0\r\n"));
      WriteTrailers(pool, *trailers, out);
    }
  }
  return remaining_ == 0 && !overrun_;
}

}  // namespace sluice::http1
