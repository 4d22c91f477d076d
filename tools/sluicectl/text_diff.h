// The difference of two texts by lines, for people.
//
// Thread: any; pure.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace sluice::ctl {

struct DiffLine {
  char mark = ' ';  // ' ' in both, '-' only before, '+' only after.
  std::string text;
};

// A shortest way from `before` to `after`. Equal lines stay; large texts (over four million pairs
// of lines) are told as all of one and all of the other.
std::vector<DiffLine> DiffLines(std::string_view before, std::string_view after);

}  // namespace sluice::ctl
