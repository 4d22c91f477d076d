// What one run of the load client does: the flags of `load`, checked.
#pragma once

#include <cstdint>
#include <string>

#include "tools/bench/net.h"

namespace sluice::bench {

enum class LoadMode {
  kClosed,  // every connection sends its next request when the answer is complete
  kOpen,    // requests are due at fixed times, whatever the answers do
  kIdle,    // one request per connection, then every connection stays open
};

struct LoadOptions {
  LoadMode mode = LoadMode::kClosed;
  uint16_t port = 0;
  uint32_t connections = 1;
  double duration_s = 0;      // no request starts later than this
  uint64_t max_requests = 0;  // nor more than so many
  double rate_per_s = 0;      // kOpen: all connections together
  double hold_s = 0;          // kIdle: longest time to stay open
  // A path with %d is one of `path_count` paths, taken in a scattered order.
  std::string path;
  uint32_t path_count = 1;
  std::string host;
};

// Ends the process with the reason when the flags contradict each other.
LoadOptions ParseLoadOptions(const Args& args);

// The names ParseLoadOptions knows, for Args.
inline constexpr char kLoadFlags[] =
    "port connections duration requests rate idle hold path path-count host";

}  // namespace sluice::bench
