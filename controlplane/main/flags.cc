#include "controlplane/main/flags.h"

#include <arpa/inet.h>
#include <fmt/format.h>

#include <charconv>
#include <functional>
#include <map>

namespace sluice::main {

namespace {

// What is meant to come with the issue on TLS: refused by name instead of passed over.
constexpr std::string_view kNotYet[] = {"--tls-cert", "--tls-key", "--client-ca", "--secrets-key", "--config"};

// A literal: a name such as "127.example.com" may resolve to anything.
bool IsLoopback(const std::string& address) {
  if (address.starts_with("[::1]:") || address.starts_with("unix:")) return true;
  in_addr literal{};
  const std::string host = address.substr(0, address.rfind(':'));
  return host.starts_with("127.") && inet_pton(AF_INET, host.c_str(), &literal) == 1;
}

class Parser {
 public:
  explicit Parser(const std::vector<std::string>& args) : args_(args) {}

  ParsedFlags Run() {
    for (at_ = 0; at_ < args_.size(); ++at_) ParseOne(args_[at_]);
    Check();
    return std::move(out_);
  }

 private:
  void ParseOne(const std::string& arg) {
    const size_t equals = arg.find('=');
    const std::string name = arg.substr(0, equals);
    const std::map<std::string_view, bool*> switches = {{"--help", &out_.flags.help},
                                                        {"-h", &out_.flags.help},
                                                        {"--version", &out_.flags.version},
                                                        {"--insecure-loopback", &out_.flags.insecure_loopback}};
    if (const auto it = switches.find(name); it != switches.end()) {
      if (equals != std::string::npos) return Error(fmt::format("{}: takes no value", name));
      *it->second = true;
      return;
    }
    for (const std::string_view later : kNotYet) {
      if (name != later) continue;
      const bool value_follows = equals == std::string::npos && at_ + 1 < args_.size();
      if (value_follows && !args_[at_ + 1].starts_with("-")) ++at_;
      return Error(fmt::format("{}: not implemented yet", name));
    }
    const std::map<std::string_view, std::function<void(const std::string&)>> values = {
        {"--api", [&](const std::string& v) { out_.flags.api = v; }},
        {"--xds", [&](const std::string& v) { out_.flags.xds = v; }},
        {"--store", [&](const std::string& v) { out_.flags.store = v; }},
        {"--proxy-binary", [&](const std::string& v) { out_.flags.proxy_binary = v; }},
        {"--return-window", [&](const std::string& v) { SetReturnWindow(v); }},
        {"-l", [&](const std::string& v) { SetLevel(v); }},
    };
    const auto it = values.find(name);
    if (it == values.end()) return Error(fmt::format("{}: unknown flag", name));
    if (equals != std::string::npos) return it->second(arg.substr(equals + 1));
    if (at_ + 1 == args_.size()) return Error(fmt::format("{}: needs a value", name));
    it->second(args_[++at_]);
  }

  void SetLevel(const std::string& value) {
    if (const auto level = base::ParseLogLevel(value)) {
      out_.flags.log_level = *level;
    } else {
      Error(fmt::format("-l: '{}' is none of debug, info, warn, error, off", value));
    }
  }

  void SetReturnWindow(const std::string& value) {
    constexpr int kMost = 3600;
    int seconds = 0;
    const auto [end, error] = std::from_chars(value.data(), value.data() + value.size(), seconds);
    if (error == std::errc() && end == value.data() + value.size() && seconds >= 0 && seconds <= kMost) {
      out_.flags.return_window = std::chrono::seconds(seconds);
    } else {
      Error(fmt::format("--return-window: '{}' is no number of seconds from 0 to {}", value, kMost));
    }
  }

  void Check() {
    Flags& flags = out_.flags;
    if (flags.help || flags.version) return;
    const bool sqlite = flags.store.starts_with("sqlite:") && flags.store.size() > 7;
    if (flags.store.starts_with("etcd:")) {
      Error("--store: etcd: not implemented yet");
    } else if (flags.store != "memory" && !sqlite) {
      Error(fmt::format("--store: '{}' is neither memory nor sqlite:PATH", flags.store));
    }
    if (!flags.insecure_loopback) {
      return Error("callers cannot prove who they are yet (TLS is not implemented): to serve on "
                   "loopback without credentials, say --insecure-loopback");
    }
    for (const auto& [name, address] : {std::pair("--api", flags.api), std::pair("--xds", flags.xds)}) {
      if (IsLoopback(address)) continue;
      Error(fmt::format("{}: '{}' is not on loopback, where alone calls without credentials are allowed", name,
                        address));
    }
  }

  void Error(std::string text) { out_.errors.push_back(std::move(text)); }

  const std::vector<std::string>& args_;
  size_t at_ = 0;
  ParsedFlags out_;
};

}  // namespace

ParsedFlags ParseFlags(const std::vector<std::string>& args) { return Parser(args).Run(); }

std::string_view UsageText() {
  return R"(Usage: sluice-control [flags]

Takes the desired configuration over gRPC, keeps its revisions, and brings them to a fleet of proxies
over xDS.

  --api ADDR             where Config, Revisions, Insight and Registry are served (127.0.0.1:9801)
  --xds ADDR             where proxies connect (127.0.0.1:9802)
  --store STORE          memory, or sqlite:PATH (memory)
  --proxy-binary PATH    the sluice-proxy that judges revisions (beside this program)
  --return-window SECS   how long proxies have to come back before a revision that was not decided
                         when this program ended is put to the vote (35)
  --insecure-loopback    serve without credentials, on loopback addresses only
  -l LEVEL               debug, info, warn, error or off (info)
  --version, --help

Port 0 takes a free one. What is bound is said on stdout, one JSON line each, then {"ready":true}.
Exit codes: 0 after SIGTERM, 1 if it cannot start, 2 for bad flags.

Examples:
  sluice-control --insecure-loopback --store sqlite:/var/lib/sluice/control.db
  sluice-control --insecure-loopback --api 127.0.0.1:0 --xds 127.0.0.1:0
)";
}

}  // namespace sluice::main
