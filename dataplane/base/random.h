// Fast random numbers for choices (balancing, jitter, sampling, request ids); never for keys.
//
// xoshiro256++ (Blackman and Vigna, public domain algorithm): 32 bytes of state, about 1 ns a
// number. One object per thread; seedable, so that tests repeat. Satisfies
// std::uniform_random_bit_generator.
#pragma once

#include <array>
#include <bit>
#include <cstdint>
#include <limits>

namespace sluice::base {

class Random final {
 public:
  using result_type = uint64_t;

  // The same seed gives the same sequence on every machine.
  explicit Random(uint64_t seed);
  // Seeded from the kernel.
  static Random FromSystem();

  static constexpr uint64_t min() { return 0; }
  static constexpr uint64_t max() { return std::numeric_limits<uint64_t>::max(); }

  uint64_t operator()() {
    const uint64_t result = std::rotl(state_[0] + state_[3], 23) + state_[0];
    const uint64_t t = state_[1] << 17;
    state_[2] ^= state_[0];
    state_[3] ^= state_[1];
    state_[1] ^= state_[2];
    state_[0] ^= state_[3];
    state_[2] ^= t;
    state_[3] = std::rotl(state_[3], 45);
    return result;
  }

  // Uniform in [0, limit); 0 for limit == 0. Multiply-shift: the bias is below limit / 2^64.
  uint64_t Below(uint64_t limit) {
    return static_cast<uint64_t>((static_cast<unsigned __int128>((*this)()) * limit) >> 64);
  }
  // Uniform in [0, 1).
  double Unit() { return static_cast<double>((*this)() >> 11) * 0x1.0p-53; }

 private:
  std::array<uint64_t, 4> state_;
};

}  // namespace sluice::base
