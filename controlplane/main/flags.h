// The command line of sluice-control (design section 5).
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "dataplane/base/clock.h"
#include "dataplane/base/log.h"

namespace sluice::main {

struct Flags {
  std::string api = "127.0.0.1:9801";  // --api
  std::string xds = "127.0.0.1:9802";  // --xds
  std::string store = "memory";        // --store: "memory" or "sqlite:PATH"
  std::string proxy_binary;            // --proxy-binary; empty: sluice-proxy beside this program
  bool insecure_loopback = false;      // --insecure-loopback
  base::Duration return_window = std::chrono::seconds(35);  // --return-window, in seconds; Rollout::kReturn
  base::LogLevel log_level = base::LogLevel::kInfo;
  bool help = false;
  bool version = false;
};

struct ParsedFlags {
  Flags flags;
  std::vector<std::string> errors;  // all of them
};

// `args` without the program name. "--name value" and "--name=value" are the same.
ParsedFlags ParseFlags(const std::vector<std::string>& args);
std::string_view UsageText();

}  // namespace sluice::main
