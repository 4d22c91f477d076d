// Path and authority normalisation: done once per request, before anything decides on them, so
// that router, filters, access log and upstream all hold one identical string.
//
// RFC 3986 6.2.2: unreserved octets are decoded first, then dot segments are removed; slashes are
// merged, segment parameters (";x") cut, percent triplets upper-cased. What could mean two things
// to two parsers is refused: %2F, %5C, %00, raw backslash, raw bytes over 0x7F, lone or bad '%',
// control characters, '#'. A second decoding never happens (%252e stays). Pure functions.
#pragma once

#include <cstdint>
#include <string_view>

#include "dataplane/buffer/arena.h"

namespace sluice::http {

// What to do with %2F and %5C (xDS: HttpConnectionManager.path_with_escaped_slashes_action).
enum class EscapedSlashes : uint8_t { kReject, kKeep, kUnescapeAndRedirect, kUnescapeAndForward };

struct PathOptions {
  bool normalize = true;        // xDS: normalize_path
  bool merge_slashes = true;    // xDS: merge_slashes
  bool cut_parameters = true;   // ours: "/a;x/b" is matched and forwarded as "/a/b"
  EscapedSlashes escaped_slashes = EscapedSlashes::kReject;
};

enum class PathError : uint8_t { kNone, kBadEscape, kEscapedSlash, kEscapedNul, kBadByte, kNotAbsolute };

struct [[nodiscard]] PathResult {
  std::string_view path;   // the input itself when nothing had to change, else in the arena
  PathError error = PathError::kNone;
  bool redirect = false;   // kUnescapeAndRedirect: answer 307 with `path`
};

// `path` has no query. "*" (OPTIONS) is returned as it is.
PathResult NormalizePath(std::string_view path, const PathOptions& options, buffer::Arena& arena);

// A query is forwarded byte for byte; this only says whether its bytes are allowed at all: no
// control characters, space, '#' or bytes over 0x7F.
bool IsValidQuery(std::string_view query);

struct Authority {
  std::string_view host;   // lower case, no trailing dot, brackets kept for IPv6
  uint32_t port = 0;       // 0 = none given
  bool valid = false;
};

// host[:port] of RFC 9110 7.2 without userinfo; refuses path or list characters, ports over 65535,
// zone ids. The canonical form (`text`): lower case, trailing dot and default port (80 for http,
// 443 for https) dropped; the input itself when nothing had to change, else in the arena.
struct AuthorityResult {
  Authority parts;
  std::string_view text;
};
// Whether NormalizeAuthority would accept it.
bool IsValidAuthority(std::string_view authority);
// The same, and whether it is sure to leave it as it is, for any scheme.
enum class AuthorityForm : uint8_t { kInvalid, kValid, kCanonical };
AuthorityForm JudgeAuthority(std::string_view authority);
AuthorityResult NormalizeAuthority(std::string_view authority, std::string_view scheme, buffer::Arena& arena);

}  // namespace sluice::http
