// What is in force, as the admin pages and the start-up lines tell it: a value, made on the config
// thread for each change and read on main's.
#pragma once

#include <cstdint>
#include <memory>

#include "dataplane/config/draft.h"

namespace sluice::main {

struct LiveStatus {
  // Where what is served came from.
  enum class Source : uint8_t { kBootstrap, kStateDirectory, kControlPlane };
  Source source = Source::kBootstrap;
  std::shared_ptr<const config::Draft> served;  // its revision is 0 for a standard server's
  uint64_t prepared = 0;                        // a revision that waits for SERVE; 0: none
};

}  // namespace sluice::main
