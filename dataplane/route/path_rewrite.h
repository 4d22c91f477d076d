// The one place where a path is rewritten, for forwarding and for redirects. Pure.
#pragma once

#include <string_view>

#include "dataplane/buffer/arena.h"
#include "dataplane/route/route.h"

namespace sluice::route {

// `rule` is what matched `path` (no query). Returns `path` itself if `rewrite` is empty, else the
// new path in the arena; it starts with '/' whatever the configuration says, because a request
// target without it would be read as something else (RFC 9112 3.2).
std::string_view ApplyPathRewrite(const PathRewrite& rewrite, const PathRule& rule,
                                  std::string_view path, buffer::Arena& arena);

}  // namespace sluice::route
