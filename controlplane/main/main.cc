// sluice-control: flags, then the control plane until a signal. Exit codes: flags.cc, UsageText.
#include <fmt/format.h>

#include <csignal>
#include <cstdio>
#include <string>
#include <vector>

#include "controlplane/main/control.h"
#include "controlplane/main/flags.h"
#include "dataplane/base/log.h"

namespace {

constexpr char kVersion[] = "0.1.0";

// stdout is a contract, so it is flushed line by line.
void PrintLine(const std::string& line) {
  std::fputs((line + "\n").c_str(), stdout);
  std::fflush(stdout);
}

int Serve(const sluice::main::Flags& flags) {
  // Blocked before any thread starts, so that only sigwait below takes them.
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGTERM);
  sigaddset(&signals, SIGINT);
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);
  std::signal(SIGPIPE, SIG_IGN);
  sluice::main::Control control(flags);
  if (absl::Status status = control.Start(); !status.ok()) {
    fmt::print(stderr, "{}\n", std::string(status.message()));
    return 1;
  }
  for (const auto& bound : control.bound()) {
    PrintLine(fmt::format(R"({{"listener":"{}","address":"{}"}})", bound.listener, bound.address));
  }
  PrintLine(R"({"ready":true})");
  int signal = 0;
  sigwait(&signals, &signal);
  sluice::base::LogInfo("ending on signal {}", signal);
  control.Stop();
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  const auto parsed = sluice::main::ParseFlags(std::vector<std::string>(argv + 1, argv + argc));
  if (!parsed.errors.empty()) {
    for (const std::string& error : parsed.errors) fmt::print(stderr, "{}\n", error);
    fmt::print(stderr, "try sluice-control --help\n");
    return 2;
  }
  if (parsed.flags.help) {
    fmt::print("{}", sluice::main::UsageText());
    return 0;
  }
  if (parsed.flags.version) {
    fmt::print("sluice-control {}\n", kVersion);
    return 0;
  }
  sluice::base::SetLogLevel(parsed.flags.log_level);
  return Serve(parsed.flags);
}
