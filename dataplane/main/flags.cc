#include "dataplane/main/flags.h"

#include <fmt/format.h>

#include <charconv>
#include <functional>
#include <map>

namespace sluice::main {

namespace {

// Sets one flag from its value; returns what is wrong with it, "" if nothing.
using Setter = std::function<std::string(const std::string& value)>;

Setter Text(std::string& out) {
  return [&out](const std::string& value) {
    out = value;
    return std::string();
  };
}

// One place among the users of clusters is the ADS client's (upstream::ParkedConnection).
constexpr uint32_t kMaxWorkers = 255;

Setter Count(uint32_t& out, uint32_t max) {
  return [&out, max](const std::string& value) {
    uint32_t n = 0;
    const auto [end, error] = std::from_chars(value.data(), value.data() + value.size(), n);
    if (error != std::errc() || end != value.data() + value.size() || n < 1 || n > max) {
      return fmt::format("'{}' is not a number from 1 to {}", value, max);
    }
    out = n;
    return std::string();
  };
}

template <typename E>
Setter OneOf(E& out, std::map<std::string, E> names) {
  return [&out, names = std::move(names)](const std::string& value) {
    const auto it = names.find(value);
    if (it != names.end()) {
      out = it->second;
      return std::string();
    }
    std::string known;
    for (const auto& [name, unused] : names) known += (known.empty() ? "" : ", ") + name;
    return fmt::format("'{}' is not one of {}", value, known);
  };
}

std::map<std::string, Setter> ValueFlags(Flags& f) {
  using base::LogLevel;
  const Setter level = OneOf<LogLevel>(f.log_level, {{"debug", LogLevel::kDebug}, {"info", LogLevel::kInfo},
                                                     {"warn", LogLevel::kWarn}, {"error", LogLevel::kError},
                                                     {"off", LogLevel::kOff}});
  return {
      {"-c", Text(f.config_path)},
      {"--config-path", Text(f.config_path)},
      {"--config-yaml", Text(f.config_yaml)},
      {"--concurrency", Count(f.concurrency, kMaxWorkers)},
      {"--mode", OneOf<Flags::Mode>(f.mode, {{"serve", Flags::Mode::kServe}, {"validate", Flags::Mode::kValidate}})},
      {"--service-node", Text(f.service_node)},
      {"--service-cluster", Text(f.service_cluster)},
      {"--service-zone", Text(f.service_zone)},
      {"--bind-host", Text(f.bind_host)},
      {"--state-dir", Text(f.state_dir)},
      {"--state-key", Text(f.state_key)},
      {"--fault", [&f](const std::string& value) { return ParseFaults(value, f.faults); }},
      {"--share-idle-connections", OneOf<bool>(f.share_idle_connections, {{"on", true}, {"off", false}})},
      {"-l", level},
      {"--log-level", level},
  };
}

}  // namespace

ParsedFlags ParseFlags(const std::vector<std::string>& args) {
  ParsedFlags result;
  Flags& flags = result.flags;
  const std::map<std::string, Setter> setters = ValueFlags(flags);
  for (size_t i = 0; i < args.size(); ++i) {
    std::string name = args[i];
    if (name == "--help" || name == "-h") {
      flags.help = true;
      continue;
    }
    if (name == "--measure-turns") {
      flags.measure_turns = true;
      continue;
    }
    if (name == "--version") {
      flags.version = true;
      continue;
    }
    std::string value;
    const size_t equals = name.find('=');
    const bool joined = name.starts_with("--") && equals != std::string::npos;
    if (joined) {
      value = name.substr(equals + 1);
      name.resize(equals);
    }
    const auto setter = setters.find(name);
    if (setter == setters.end()) {
      result.errors.push_back(fmt::format("unknown flag '{}'", name));
      continue;
    }
    if (!joined) {
      if (++i == args.size()) {
        result.errors.push_back(fmt::format("{}: a value is missing", name));
        break;
      }
      value = args[i];
    }
    if (std::string error = setter->second(value); !error.empty()) {
      result.errors.push_back(fmt::format("{}: {}", name, error));
    }
  }
  if (!flags.help && !flags.version && flags.config_path.empty() && flags.config_yaml.empty()) {
    result.errors.push_back("-c FILE or --config-yaml TEXT is required");
  }
  if (!flags.state_key.empty() && flags.state_dir.empty()) {
    result.errors.push_back("--state-key: needs --state-dir");
  }
  if (!flags.config_path.empty() && !flags.config_yaml.empty()) {
    result.errors.push_back("-c and --config-yaml exclude each other");
  }
  return result;
}

std::string_view UsageText() {
  return R"(Usage: sluice-proxy -c FILE [flags]

Serves an Envoy-style bootstrap (YAML or JSON), and what its control plane sends. Prints one JSON
line per listener that begins to serve on stdout, and {"ready":true} once. SIGTERM drains and exits.

  -c, --config-path FILE        bootstrap file
      --config-yaml TEXT        bootstrap as text instead of a file
      --concurrency N           worker threads (default: one per CPU)
      --mode serve|validate     validate: check the configuration and exit; with a control plane
                                judge its revisions until SIGTERM
      --service-node ID         node.id, when the file has none
      --service-cluster NAME    node.cluster, when the file has none
      --service-zone ZONE       node.locality.zone, when the file has none
      --bind-host IP            replaces wildcard addresses of listeners
      --state-dir DIR           keeps what is served, to start while the control plane is away
      --state-key FILE          32 bytes that seal the secret part of the state directory
      --share-idle-connections on|off
                                workers may use each other's idle upstream connections (on)
  -l, --log-level LEVEL         debug, info, warn, error, off (info)
      --version                 print the version and exit
  -h, --help                    this text

Exit codes: 0 after a clean drain or a valid configuration, 1 bad configuration (every error is
on stderr with its field path), 2 bad flags.

Examples:
  sluice-proxy -c edge.yaml
  sluice-proxy -c edge.yaml --mode validate
  sluice-proxy -c edge.yaml --concurrency 2 --bind-host 127.0.0.1 -l debug
)";
}

}  // namespace sluice::main
