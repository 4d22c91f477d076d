// The Services of revisions that are over for most of the fleet, while some proxy still serves them.
//
// Read from the store when they are first asked for, and kept as long as each asking names them. A
// revision that the store has let go of has no services here; the proxy that serves it keeps what it
// has. Thread: one at a time; waits for the disk.
#pragma once

#include <cstdint>
#include <map>
#include <vector>

#include "controlplane/model/config.h"
#include "controlplane/store/store.h"

namespace sluice::main {

class OlderServices final {
 public:
  // `store` outlives this.
  explicit OlderServices(store::Store& store) : store_(store) {}

  // One configuration per revision that can be read, in the order of `revisions`, with nothing but
  // Services in it.
  std::vector<model::Config> Of(const std::vector<uint64_t>& revisions);

 private:
  store::Store& store_;
  std::map<uint64_t, model::Config> read_;
};

}  // namespace sluice::main
