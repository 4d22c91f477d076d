// Failures on request: what --fault asks for, so that tests and drills can see a slow worker or a
// revision that kills the process. Never set in production; parsed once, immutable.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "dataplane/base/clock.h"

namespace sluice::main {

// --fault PART[,PART]:
//   hold:WORKER:MILLISECONDS   that worker stands still so long before each adoption
//   crash:REVISION             abort() on a worker once it has adopted that revision; in a judge when
//                              it is asked about it
//   crash-prepare:REVISION     abort() on the build thread when it compiles that revision
//   unstaged                   does not tell the control plane that it can stage revisions
struct Faults {
  static constexpr uint32_t kNobody = UINT32_MAX;
  uint32_t held_worker = kNobody;
  base::Duration hold{};
  uint64_t crash_revision = 0;  // 0: none
  uint64_t crash_prepare = 0;   // 0: none
  bool unstaged = false;
};

// What is wrong with `text`, "" if nothing; then `out` has it.
std::string ParseFaults(std::string_view text, Faults& out);

}  // namespace sluice::main
