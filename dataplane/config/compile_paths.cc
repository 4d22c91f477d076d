#include "dataplane/config/compile_paths.h"

#include <fmt/format.h>

#include "dataplane/buffer/arena.h"
#include "dataplane/buffer/block_pool.h"
#include "dataplane/http/path.h"

namespace sluice::config {
namespace {

bool IsAllowed(char c, PathText kind) {
  if (c <= 0x20 || c == 0x7F || c == '#')
    return false;  // char is signed: bytes over 0x7F are negative
  if (c == '?') return kind == PathText::kPathAndQuery;
  return c != '\\' || kind == PathText::kSubstitution;
}

}  // namespace

void CheckPathText(std::string_view text, PathText kind, const std::string& path,
                   ErrorList& errors) {
  for (char c : text) {
    if (IsAllowed(c, kind)) continue;
    errors.Add(
        path, fmt::format("'{}' must not hold byte 0x{:02x}", text, static_cast<unsigned char>(c)));
    return;
  }
}

void CheckAuthorityText(std::string_view host, const std::string& path, ErrorList& errors) {
  buffer::BlockPool pool;
  buffer::Arena arena(pool);
  if (!host.empty() && !http::NormalizeAuthority(host, "http", arena).parts.valid) {
    errors.Add(path, fmt::format("'{}' is not host[:port]", host));
  }
}

}  // namespace sluice::config
