// sluicectl: the command line of Sluice.

#include <signal.h>
#include <unistd.h>

#include <cstdlib>
#include <iostream>

#include "tools/sluicectl/run.h"

namespace {

// Waits for a signal that ends the command; false when one came. The signals are blocked.
bool SleepUnlessEnded(const sigset_t& ends, std::chrono::milliseconds time) {
  const timespec wait{time.count() / 1000, (time.count() % 1000) * 1'000'000};
  return sigtimedwait(&ends, nullptr, &wait) < 0;
}

}  // namespace

int main(int argc, char** argv) {
  const std::vector<std::string> words(argv + 1, argv + argc);
  sigset_t ends;
  sigemptyset(&ends);
  // Only --keep has something to do before it ends; all others end as programs do.
  for (const std::string& word : words) {
    if (word != "--keep") continue;
    sigaddset(&ends, SIGINT);
    sigaddset(&ends, SIGTERM);
    pthread_sigmask(SIG_BLOCK, &ends, nullptr);
  }
  sluice::ctl::Console console{
      std::cin,
      std::cout,
      std::cerr,
      isatty(STDOUT_FILENO) != 0,
      isatty(STDERR_FILENO) != 0,
      [](const char* name) -> std::optional<std::string> {
        const char* value = std::getenv(name);
        return value ? std::optional<std::string>(value) : std::nullopt;
      },
      [&ends](std::chrono::milliseconds time) { return SleepUnlessEnded(ends, time); },
  };
  const sluice::ctl::ExitCode code = sluice::ctl::Run(words, console);
  std::cout.flush();
  return static_cast<int>(code);
}
