// Broken invariants stop the process; nothing a peer or an author of configuration can send does.
#pragma once

#include <string_view>

namespace sluice::base {

// Writes `what` to stderr, without allocating, and aborts.
[[noreturn]] void Fail(std::string_view what) noexcept;

// `what` names the invariant, and the value that broke it is left to the core file. On in release
// builds: keep the condition cheap.
inline void Check(bool holds, std::string_view what) noexcept {
  if (!holds) [[unlikely]] Fail(what);
}

}  // namespace sluice::base
