#include "dataplane/http1/head_reader.h"

#include <algorithm>
#include <array>

namespace sluice::http1 {
namespace {

constexpr size_t kManySlices = 8;

bool EndsHead(std::string_view bytes) { return bytes.ends_with("\r\n\r\n"); }

}  // namespace

std::string_view HeadReader::Ready(buffer::BlockPool& pool, buffer::Buffer& in, size_t max_head,
                                   size_t max_line) {
  if (in.empty()) return {};
  // A request without body mostly comes alone and whole: the parser finds its end by itself.
  if (scanner_.scanned() == 0 && in.slice_count() == 1 && EndsHead(in.front())) return in.front();

  // A peer that sends single bytes must not make us keep a slice for each.
  if (in.slice_count() > kManySlices) in.Flatten(pool, in.size());
  std::array<iovec, kManySlices> parts;
  const size_t count = in.FillIovecs(parts);
  size_t skip = scanner_.scanned();
  for (size_t i = 0; i < count; ++i) {
    const std::string_view part(static_cast<const char*>(parts[i].iov_base), parts[i].iov_len);
    if (skip >= part.size()) {
      skip -= part.size();
      continue;
    }
    const size_t end = scanner_.Scan(part.substr(skip));
    skip = 0;
    if (end != 0) return in.Flatten(pool, end);
  }
  const size_t line = scanner_.first_line();
  const bool line_over = line != 0 ? line > max_line + 2 : in.size() >= max_line + 2;
  const bool over = in.size() > max_head || line_over;
  return over ? in.Flatten(pool, std::min(in.size(), max_head + 1)) : std::string_view();
}

buffer::Slice HeadReader::Take(buffer::Buffer& in, size_t n) {
  scanner_.Reset();
  return in.TakeFront(n);
}

}  // namespace sluice::http1
