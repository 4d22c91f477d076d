// The command line of sluice-proxy (design 4.5; names as in Envoy where Envoy has them).
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "dataplane/base/log.h"
#include "dataplane/main/faults.h"

namespace sluice::main {

struct Flags {
  enum class Mode { kServe, kValidate };
  std::string config_path;       // -c, --config-path
  std::string config_yaml;       // --config-yaml: instead of a file
  uint32_t concurrency = 0;      // 0: one worker per CPU that this process may use
  Mode mode = Mode::kServe;
  std::string service_node;      // node.id when the file has none
  std::string service_cluster;
  std::string service_zone;
  std::string bind_host;
  std::string state_dir;         // --state-dir: empty: nothing is kept
  std::string state_key;         // --state-key: a file of 32 bytes
  Faults faults;                 // --fault, for tests
  bool measure_turns = false;    // --measure-turns, for measurements
  base::LogLevel log_level = base::LogLevel::kInfo;
  bool share_idle_connections = true;
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
