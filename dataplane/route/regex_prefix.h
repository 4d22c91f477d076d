// What can be read off a pattern without compiling it. Part of Regex.
#pragma once

#include <string>
#include <string_view>

namespace sluice::route {

// Bytes that every full match of the RE2 pattern starts with: its literal characters up to the
// first that could be absent or differ. Shorter than possible rather than wrong: "" where the
// pattern has alternatives at the top, or quoting that is not understood here.
std::string RegexPrefix(std::string_view pattern);

}  // namespace sluice::route
