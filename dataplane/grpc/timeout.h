// The grpc-timeout field: at most 8 digits and a unit of H, M, S, m, u or n. Pure functions.
#pragma once

#include <array>
#include <optional>
#include <string_view>

#include "dataplane/base/clock.h"

namespace sluice::grpc {

// The text of one value; a copy of it is as good.
struct TimeoutText {
  std::array<char, 9> bytes;
  uint8_t size = 0;
  std::string_view view() const { return {bytes.data(), size}; }
};

// In the finest unit that 8 digits hold, rounded up, so that it is never over before `timeout` is;
// what is not positive becomes "1n".
TimeoutText EncodeTimeout(base::Duration timeout);

// nullopt: not a timeout. Beyond what a Duration holds (292 years): Duration::max().
std::optional<base::Duration> DecodeTimeout(std::string_view text);

}  // namespace sluice::grpc
