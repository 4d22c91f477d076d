// X-Request-Id values: random version 4 UUIDs (RFC 9562 5.4) in their 36-character form.
#pragma once

#include <string_view>

#include "dataplane/base/random.h"
#include "dataplane/buffer/arena.h"

namespace sluice::proxy {

// The whole field line, for Head::AppendLine; it lives in `arena`. Not a secret: ids identify
// requests in logs, they grant nothing.
std::string_view NewRequestIdLine(base::Random& random, buffer::Arena& arena);

}  // namespace sluice::proxy
