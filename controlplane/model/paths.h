// The paths that people write: base paths, the paths of routes, templates. Pure; any thread.
//
// A base path in normal form is "" (everything) or starts with '/' and does not end with one, so
// that base paths and what follows them are joined by writing them one after the other.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace sluice::model {

inline constexpr size_t kMaxPathBytes = 2048;

// "" for "/".
std::string_view NormalBasePath(std::string_view path);

// Whether `inner` is `outer` or lies below it, by whole segments. Both in normal form.
bool PathCovers(std::string_view outer, std::string_view inner);

// What is wrong with `path` as the literal start of a request path (RFC 3986 3.3); "" if nothing.
// Proxies normalise requests first, so a path with "//" or "/../" could never match.
std::string PathError(std::string_view path);

// The same, and it must be in normal form ("" and "/" are).
std::string BasePathError(std::string_view path);

// A template "/orders/{id}/lines", cut at its slashes.
struct PathTemplate {
  struct Segment {
    enum class Kind { kLiteral, kOne, kRest };
    Kind kind = Kind::kLiteral;
    std::string text;  // the literal, or the name of the variable
    friend bool operator==(const Segment&, const Segment&) = default;
  };
  std::vector<Segment> segments;
  std::string error;  // what is wrong; segments are empty then
};
PathTemplate ParseTemplate(std::string_view text);

// Api.version_by.path_template with the version put in: "/v2" for "/{version}". `text` is right.
std::string VersionPath(std::string_view text, std::string_view version);
// What is wrong with it; "" if nothing. One segment is "{version}", all others are literal.
std::string VersionTemplateError(std::string_view text);

}  // namespace sluice::model
