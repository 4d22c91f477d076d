// A write to the store that must happen: tried until the store takes it.
//
// For decisions of the roll-out, which are not undone because a disk is full for a while. Thread:
// callable from any; `write` and `done` run on `disk`, which may wait. Each failure is in the log; the
// next try is kFirstPause later, and each further pause is twice as long up to kLastPause. What is
// still tried when the strand stops is dropped: whoever decided finds it not stored at the next start
// and decides again.
#pragma once

#include <chrono>
#include <functional>
#include <string>

#include "absl/status/status.h"
#include "controlplane/strand/strand.h"

namespace sluice::main {

inline constexpr base::Duration kFirstPause = std::chrono::seconds(1);
inline constexpr base::Duration kLastPause = std::chrono::seconds(32);

// `what`: for the log, as the subject of "cannot be stored". `write` returns the same kind of errors
// as the store; `done` runs once, after the first OK. `disk` outlives all tries.
void Insist(strand::Strand& disk, std::string what, std::function<absl::Status()> write,
            std::function<void()> done);

}  // namespace sluice::main
