// What one worker remembers between two picks of one cluster: a cursor and a random generator.
//
// Owner: the worker's WorkerCluster; tables are shared and immutable, so everything that moves is
// here. Thread: one worker. A revision or an endpoint update changes nothing here: a cursor is
// only meaningful modulo the schedule it is used with. The start is random, so that workers and
// restarted proxies do not all begin with the first endpoint.
#pragma once

#include <cstdint>

#include "dataplane/base/random.h"

namespace sluice::balance {

struct PickState {
  explicit PickState(uint64_t seed) : random(seed), cursor(random() >> 32) {}
  base::Random random;
  uint64_t cursor;
};

}  // namespace sluice::balance
