#include "tools/bench/load_options.h"

namespace sluice::bench {
namespace {

// Bounds of every run, whatever the flags say.
constexpr double kMaxSeconds = 600;
constexpr double kMaxRequests = 50e6;

}  // namespace

LoadOptions ParseLoadOptions(const Args& args) {
  LoadOptions options;
  options.port = static_cast<uint16_t>(args.Number("port", 0, 1, 65535));
  if (options.port == 0) Die("--port is needed");
  options.connections = static_cast<uint32_t>(args.Number("connections", 32, 1, 60000));
  options.duration_s = args.Number("duration", kMaxSeconds, 0.01, kMaxSeconds);
  options.max_requests =
      static_cast<uint64_t>(args.Number("requests", kMaxRequests, 1, kMaxRequests));
  options.rate_per_s = args.Number("rate", 0, 1, 1e6);
  options.hold_s = args.Number("hold", 60, 0, kMaxSeconds);
  options.path = args.Text("path", "/128");
  options.path_count = static_cast<uint32_t>(args.Number("path-count", 1, 1, 1e6));
  options.host = args.Text("host", "bench.example");
  if (args.Has("idle")) {
    options.mode = LoadMode::kIdle;
    options.max_requests = options.connections;
  } else if (args.Has("rate")) {
    options.mode = LoadMode::kOpen;
  }
  if (args.Has("idle") && args.Has("rate")) Die("--idle and --rate exclude each other");
  if (!args.Has("idle") && !args.Has("duration") && !args.Has("requests")) {
    Die("--duration or --requests is needed");
  }
  if (!options.path.starts_with('/')) Die("--path must start with '/'");
  return options;
}

}  // namespace sluice::bench
