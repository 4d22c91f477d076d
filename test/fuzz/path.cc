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

void Check(uint8_t choice, std::string_view text) {
  buffer::BlockPool pool;
  buffer::Arena arena(pool);
  const PathOptions options{.normalize = (choice & 1) == 0,
                            .merge_slashes = (choice & 2) == 0,
                            .cut_parameters = (choice & 4) == 0,
                            .escaped_slashes = static_cast<EscapedSlashes>(choice >> 3 & 3)};
  CheckPath(text, options, arena);
  CheckAuthority(text, arena);
}

}  // namespace
}  // namespace sluice::http

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  if (size < 1) return 0;
  sluice::http::Check(data[0], {reinterpret_cast<const char*>(data) + 1, size - 1});
  return 0;
}
