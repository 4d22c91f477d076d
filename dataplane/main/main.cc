// sluice-proxy: flags, then the configuration, then the server. Exit codes: design 4.5.
#include <fmt/format.h>

#include <cstdio>
#include <string>
#include <vector>

#include "dataplane/base/log.h"
#include "dataplane/main/flags.h"
#include "dataplane/main/server.h"
#include "dataplane/main/version.h"

namespace {

void PrintError(std::string_view text) {
  fmt::print(stderr, "{}\n", text);
}

int Run(const std::vector<std::string>& args) {
  const sluice::main::ParsedFlags parsed = sluice::main::ParseFlags(args);
  if (!parsed.errors.empty()) {
    for (const std::string& error : parsed.errors) PrintError(error);
    PrintError("try sluice-proxy --help");
    return 2;
  }
  if (parsed.flags.help) {
    fmt::print("{}", sluice::main::UsageText());
    return 0;
  }
  if (parsed.flags.version) {
    fmt::print("sluice-proxy {}\n", sluice::main::kVersion);
    return 0;
  }
  sluice::base::SetLogLevel(parsed.flags.log_level);
  sluice::main::Server server(parsed.flags, args);
  absl::Status status = server.Load();
  const bool serves = parsed.flags.mode == sluice::main::Flags::Mode::kServe;
  if (status.ok() && serves) status = server.Serve();
  if (status.ok() && !serves) server.Validate();
  if (!status.ok()) {
    PrintError(std::string_view(status.message().data(), status.message().size()));
    return 1;
  }
  return 0;
}

}  // namespace

int main(int argc, char** argv) { return Run(std::vector<std::string>(argv + 1, argv + argc)); }
