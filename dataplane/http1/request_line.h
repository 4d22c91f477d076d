// The request line (RFC 9112 3): method, target in its four forms, version. Pure functions.
#pragma once

#include <cstddef>
#include <string_view>

#include "dataplane/http/codec.h"
#include "dataplane/http1/field_lines.h"

namespace sluice::http1 {

// Parses the first line of `bytes` into method, method_text, target, path, query and version;
// `consumed` counts its CRLF. A line without end within `max_bytes` is kTargetTooLong.
HeadResult ParseRequestLine(std::string_view bytes, size_t max_bytes, http::Head& head);

// Splits a target that is not in origin form, which ParseRequestLine left in `target`: sets path,
// authority and, for absolute form, scheme. `scheme` is the transport's.
http::StreamError ParseTargetForm(std::string_view scheme, http::Head& head);

// Judges the first line of `bytes`, which no parser accepted: too long, not complete (kNone), a
// bare LF, else `error`. Depends on nothing behind the line.
http::StreamError JudgeStartLine(std::string_view bytes, size_t max_bytes, http::StreamError error);

// "HTTP/1.x" at `text`, which holds 8 bytes; kBadStartLine if it is no version at all.
http::StreamError ParseVersion(const char* text, http::Version& version);

}  // namespace sluice::http1
