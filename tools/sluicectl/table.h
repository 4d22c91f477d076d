// Rows with aligned columns, two blanks between them, nothing behind the last.
//
// Widths are counted in code points: names and zones may hold any UTF-8. Thread: any; pure.
#pragma once

#include <string>
#include <vector>

namespace sluice::ctl {

// The first row is the heading. Rows may be shorter than the heading. Ends with a line feed.
std::string Table(const std::vector<std::vector<std::string>>& rows);

// "1s", "3m", "5h", "2d": how long ago, in the largest unit.
std::string Age(long seconds);

}  // namespace sluice::ctl
