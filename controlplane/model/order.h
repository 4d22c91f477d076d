// The fixed order in which routes are tried (design: "Match order"). No field changes it. Pure; any
// thread.
#pragma once

#include <compare>
#include <cstdint>
#include <string>
#include <string_view>

#include "sluice/v1/route.pb.h"

namespace sluice::model {

// Where a route stands among those of its Api and version; the smaller is tried first:
//   1. the longer literal path: the bytes before the first variable, a prefix without its slash
//   2. exact, then template, then prefix
//   3. of templates: more literal bytes in all, then no {name=**}, then more segments
//   4. more predicates; methods count as one
//   5. the smaller name, so that the order is the same everywhere
struct RouteRank {
  uint32_t literal_bytes = 0;
  uint8_t kind = 0;  // 0 exact, 1 template, 2 prefix
  uint32_t all_literal_bytes = 0;
  bool open_ended = false;
  uint32_t segments = 0;
  uint32_t predicates = 0;
  std::string name;
};
RouteRank RankOf(const sluice::v1::Route& route, std::string_view name);
std::strong_ordering operator<=>(const RouteRank& a, const RouteRank& b);
inline bool operator==(const RouteRank& a, const RouteRank& b) { return (a <=> b) == 0; }

// Whether a base path is tried before another: the longer one, then the smaller.
bool BasePathBefore(std::string_view a, std::string_view b);

// Whether a host is tried before another: exact, then the longer wildcard, "*" last.
bool HostBefore(std::string_view a, std::string_view b);

}  // namespace sluice::model
