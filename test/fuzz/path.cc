// Paths and authorities: a normal form is a fixed point and holds nothing that another reader would
// still work on.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "dataplane/http/path.h"

namespace sluice::http {
namespace {

void Require(bool holds) {
  if (!holds) std::abort();
}

void CheckPath(std::string_view path, const PathOptions& options, buffer::Arena& arena) {
  const PathResult once = NormalizePath(path, options, arena);
  if (once.error != PathError::kNone) return;
  if (once.path == "*") return;
  const PathResult twice = NormalizePath(once.path, options, arena);
  Require(twice.error == PathError::kNone && twice.path == once.path);
  Require(once.path.size() <= path.size() && once.path.front() == '/');
  for (char c : once.path) Require(c > 0x20 && c < 0x7F && c != '#' && c != '?' && c != '\\');
  if (options.merge_slashes) Require(once.path.find("//") == std::string_view::npos);
  if (options.cut_parameters) Require(once.path.find(';') == std::string_view::npos);
  const std::string closed = std::string(once.path) + "/";
  if (options.normalize) {
    Require(closed.find("/./") == std::string::npos && closed.find("/../") == std::string::npos);
  }
  if (options.escaped_slashes != EscapedSlashes::kKeep) {
    Require(closed.find("%2F") == std::string::npos && closed.find("%5C") == std::string::npos);
  }
}

void CheckAuthority(std::string_view text, buffer::Arena& arena) {
  const AuthorityResult once = NormalizeAuthority(text, "http", arena);
  Require(once.parts.valid == IsValidAuthority(text));
  if (!once.parts.valid) return;
  const AuthorityResult twice = NormalizeAuthority(once.text, "http", arena);
  Require(twice.parts.valid && twice.text == once.text && twice.parts.host == once.parts.host);
  for (char c : once.text) Require(c > 0x20 && c < 0x7F && c != '/' && c != '@' && c != ',');
}

}  // namespace
}  // namespace sluice::http

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace sluice;
  if (size < 1) return 0;
  buffer::BlockPool pool;
  buffer::Arena arena(pool);
  const std::string_view text(reinterpret_cast<const char*>(data) + 1, size - 1);
  const http::PathOptions options{.normalize = (data[0] & 1) == 0,
                                  .merge_slashes = (data[0] & 2) == 0,
                                  .cut_parameters = (data[0] & 4) == 0,
                                  .escaped_slashes = static_cast<http::EscapedSlashes>(data[0] >> 3 & 3)};
  http::CheckPath(text, options, arena);
  http::CheckAuthority(text, arena);
  return 0;
}
