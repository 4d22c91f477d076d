#include "dataplane/base/random.h"

#include <sys/random.h>

#include "dataplane/base/check.h"

namespace sluice::base {

Random::Random(uint64_t seed) {
  // SplitMix64 spreads the seed: xoshiro must not start from an all-zero state, and near seeds
  // must not give near sequences.
  for (uint64_t& word : state_) {
    seed += 0x9e3779b97f4a7c15u;
    uint64_t z = seed;
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
    word = z ^ (z >> 31);
  }
}

Random Random::FromSystem() {
  uint64_t seed = 0;
  Check(getrandom(&seed, sizeof(seed), 0) == sizeof(seed), "getrandom gives 8 bytes");
  return Random(seed);
}

}  // namespace sluice::base
