// Escaping of foreign bytes in log lines: one line stays one line, a terminal is not steered, and
// JSON stays JSON (negative case 121). Pure functions.
#pragma once

#include <string>
#include <string_view>

namespace sluice::config {

// For text lines: control characters (C0, DEL, C1), '"', '\' and bytes that are no UTF-8 become
// \xHH; everything else is appended as it is.
void AppendTextEscaped(std::string_view bytes, std::string& out);

// The inside of a JSON string (RFC 8259 7), without the quotes: JSON's escapes, DEL and C1 controls
// as \u00HH, and U+FFFD for each byte that is no UTF-8.
void AppendJsonEscaped(std::string_view bytes, std::string& out);

// How many bytes at the front of `bytes` (not empty) are one UTF-8 encoded character (RFC 3629: no
// overlong forms, no surrogates); 0 if they are none.
size_t Utf8Length(std::string_view bytes);

}  // namespace sluice::config
