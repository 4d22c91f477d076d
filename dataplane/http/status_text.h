// Reason phrases of the registered status codes (RFC 9110 15, RFC 6585, RFC 8470).
#pragma once

#include <cstdint>
#include <string_view>

namespace sluice::http {

// "" for a code without a registered phrase; HTTP/1 allows an empty one. Static text.
std::string_view StatusText(uint16_t status);

}  // namespace sluice::http
