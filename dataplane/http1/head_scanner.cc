#include "dataplane/http1/head_scanner.h"

#include "dataplane/http/byte_scan.h"

namespace sluice::http1 {

size_t HeadScanner::Scan(std::string_view more) {
  const char* const begin = more.data();
  const char* const end = begin + more.size();
  for (const char* p = begin; p != end;) {
    p = http::FindFirst<&http::Bytes16::LineFeeds>(p, end, begin);
    if (p == end) break;
    const uint32_t at = scanned_ + static_cast<uint32_t>(p - begin);
    const char before = p == begin ? last_ : p[-1];
    if (before != '\r' || at - line_begin_ == 1) return at + 1;
    line_begin_ = at + 1;
    if (first_line_ == 0) first_line_ = line_begin_;
    ++p;
  }
  scanned_ += static_cast<uint32_t>(more.size());
  if (!more.empty()) last_ = more.back();
  return 0;
}

}  // namespace sluice::http1
