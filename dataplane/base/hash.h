// The two 64-bit hashes of consistent hashing: XXH64 (Collet's specification) and MurmurHash64A
// (Appleby). They must give the same numbers as Envoy's, so that both send a key to the same
// endpoint. Not for keys from hostile peers where collisions would matter. Pure.
#pragma once

#include <cstdint>
#include <string_view>

namespace sluice::base {

uint64_t XxHash64(std::string_view bytes, uint64_t seed = 0);

// Of the seed that Envoy uses (that of libstdc++'s std::hash).
inline constexpr uint64_t kMurmurSeed = 0xc70f6907;
uint64_t MurmurHash64(std::string_view bytes, uint64_t seed = kMurmurSeed);

}  // namespace sluice::base
