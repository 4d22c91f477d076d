// What one worker remembers between two picks of one cluster: a cursor and a random generator.
//
// Owner: the worker's WorkerCluster; tables are shared and immutable, so everything that moves is
// here. Thread: one worker. A revision or an endpoint update changes nothing here: a cursor is
// only meaningful modulo the schedule it is used with. The start is random, so that workers and
// restarted proxies do not all begin with the first endpoint.
#pragma once

#include <cstdint>

namespace sluice::balance {

// SplitMix64: 64 good bits per step from 8 bytes of state. Not for secrets.
class Random final {
 public:
  explicit Random(uint64_t seed) : state_(seed) {}
  uint64_t Next() {
    uint64_t z = (state_ += 0x9e3779b97f4a7c15ull);
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9ull;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebull;
    return z ^ (z >> 31);
  }
  // Uniform in [0, n), n > 0. The bias of the multiplication is below n / 2^64.
  uint64_t Below(uint64_t n) {
    return static_cast<uint64_t>((static_cast<unsigned __int128>(Next()) * n) >> 64);
  }

 private:
  uint64_t state_;
};

struct PickState {
  explicit PickState(uint64_t seed) : random(seed), cursor(random.Next() >> 32) {}
  Random random;
  uint64_t cursor;
};

}  // namespace sluice::balance
