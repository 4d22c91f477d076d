// From the words of a command line to the command.
//
// Thread: main.
#pragma once

#include <string>
#include <vector>

#include "tools/sluicectl/console.h"

namespace sluice::ctl {

// `words` without the program's name. Everything is printed; the rest is the exit code.
ExitCode Run(const std::vector<std::string>& words, Console& console);

}  // namespace sluice::ctl
