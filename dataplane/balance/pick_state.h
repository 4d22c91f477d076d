// What one worker remembers between two picks of one cluster: cursors and a random generator.
//
// Owner: the worker's WorkerCluster; tables are shared and immutable, so everything that moves with
// picks is here. Thread: one worker. A revision or an endpoint update changes nothing here: a cursor
// is only meaningful modulo the schedule it is used with, and `last` names the policy it belongs to.
// The start is random, so that workers and restarted proxies do not all begin with the first
// endpoint.
#pragma once

#include <array>
#include <cstdint>

#include "dataplane/base/clock.h"
#include "dataplane/base/random.h"

namespace sluice::balance {

struct PickState {
  explicit PickState(uint64_t seed) : random(seed) {
    for (Place& place : places) place.cursor = random() >> 32;
    locality_cursor = random() >> 32;
  }

  // One for each policy of a table; the ninth shares with the first, which costs evenness only.
  struct Place {
    uint64_t cursor = 0;
    uint64_t last_policy = 0;  // id of the policy that picked `last`
    uint32_t last = 0;         // a member's position
  };
  Place& place(uint32_t slot) { return places[slot % places.size()]; }

  base::Random random;
  base::MonoTime now{};  // of this turn; for slow start
  uint64_t locality_cursor = 0;
  std::array<Place, 8> places;
};

}  // namespace sluice::balance
