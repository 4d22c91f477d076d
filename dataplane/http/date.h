// The Date field (RFC 9110 5.6.7, IMF-fixdate). Pure function.
#pragma once

#include <array>
#include <cstdint>

namespace sluice::http {

// "Sun, 06 Nov 1994 08:49:37 GMT", always 29 bytes, no terminating zero.
using DateText = std::array<char, 29>;

// `unix_seconds` from 0 to the end of year 9999. A worker formats once per second and keeps it.
DateText FormatDate(int64_t unix_seconds);

}  // namespace sluice::http
