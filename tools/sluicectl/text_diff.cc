#include "tools/sluicectl/text_diff.h"

#include <algorithm>
#include <cstdint>

namespace sluice::ctl {
namespace {

constexpr size_t kMaxPairs = 4'000'000;

std::vector<std::string> LinesOf(std::string_view text) {
  std::vector<std::string> lines;
  while (!text.empty()) {
    const size_t end = std::min(text.find('\n'), text.size());
    lines.emplace_back(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return lines;
}

}  // namespace

std::vector<DiffLine> DiffLines(std::string_view before, std::string_view after) {
  const std::vector<std::string> a = LinesOf(before);
  const std::vector<std::string> b = LinesOf(after);
  std::vector<DiffLine> diff;
  const size_t width = b.size() + 1;
  const bool small = (a.size() + 1) * width <= kMaxPairs;
  // common[i * width + j]: the most lines that a from i and b from j have in common, in order.
  std::vector<uint32_t> common(small ? (a.size() + 1) * width : 0);
  for (size_t i = small ? a.size() : 0; i-- > 0;) {
    for (size_t j = b.size(); j-- > 0;) {
      common[i * width + j] =
          a[i] == b[j] ? common[(i + 1) * width + j + 1] + 1
                       : std::max(common[(i + 1) * width + j], common[i * width + j + 1]);
    }
  }
  size_t i = 0;
  size_t j = 0;
  while (small && i < a.size() && j < b.size()) {
    if (a[i] == b[j]) {
      diff.push_back({' ', a[i++]});
      ++j;
    } else if (common[(i + 1) * width + j] >= common[i * width + j + 1]) {
      diff.push_back({'-', a[i++]});
    } else {
      diff.push_back({'+', b[j++]});
    }
  }
  while (i < a.size()) diff.push_back({'-', a[i++]});
  while (j < b.size()) diff.push_back({'+', b[j++]});
  return diff;
}

}  // namespace sluice::ctl
