// memcpy for the few dozen bytes that a field, a name or a log value mostly has: two overlapping
// moves without a loop, where a call costs more than these branches. Pure function, any thread.
#pragma once

#include <cstddef>
#include <cstring>

namespace sluice::buffer {

namespace detail {
// Two moves of N bytes, which overlap unless size is 2 * N: any size from N to 2 * N.
template <size_t N>
[[gnu::always_inline]] inline void CopyEnds(char* to, const char* from, size_t size) {
  char first[N], last[N];
  std::memcpy(first, from, N);
  std::memcpy(last, from + size - N, N);
  std::memcpy(to, first, N);
  std::memcpy(to + size - N, last, N);
}
}  // namespace detail

// The two must not overlap. `size` may be 0, then neither is looked at.
[[gnu::always_inline]] inline void CopyBytes(char* to, const char* from, size_t size) {
  if (size > 64) return static_cast<void>(std::memcpy(to, from, size));
  if (size >= 32) return detail::CopyEnds<32>(to, from, size);
  if (size >= 16) return detail::CopyEnds<16>(to, from, size);
  if (size >= 8) return detail::CopyEnds<8>(to, from, size);
  if (size >= 4) return detail::CopyEnds<4>(to, from, size);
  if (size >= 2) return detail::CopyEnds<2>(to, from, size);
  if (size == 1) *to = *from;
}

}  // namespace sluice::buffer
