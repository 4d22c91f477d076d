#include "controlplane/model/order.h"

#include "controlplane/model/paths.h"
#include "controlplane/model/route_key.h"

namespace sluice::model {
namespace {

using Kind = PathTemplate::Segment::Kind;

void RankTemplate(std::string_view text, RouteRank& rank) {
  const PathTemplate parsed = ParseTemplate(text);
  bool literal_so_far = true;
  for (const PathTemplate::Segment& segment : parsed.segments) {
    const bool literal = segment.kind == Kind::kLiteral;
    const uint32_t bytes = 1 + (literal ? static_cast<uint32_t>(segment.text.size()) : 0);
    rank.all_literal_bytes += bytes;
    if (literal_so_far) rank.literal_bytes += bytes;
    literal_so_far = literal_so_far && literal;
    rank.open_ended = segment.kind == Kind::kRest;
  }
  rank.segments = static_cast<uint32_t>(parsed.segments.size());
}

}  // namespace

RouteRank RankOf(const sluice::v1::Route& route, std::string_view name) {
  const sluice::v1::RouteMatch& match = route.match();
  RouteRank rank;
  rank.name = std::string(name);
  rank.predicates = static_cast<uint32_t>((match.methods().empty() ? 0 : 1) +
                                          match.headers_size() + match.queries_size());
  switch (match.path_case()) {
    case sluice::v1::RouteMatch::kExact:
      rank.literal_bytes = static_cast<uint32_t>(match.exact().size());
      break;
    case sluice::v1::RouteMatch::kTemplate:
      rank.kind = 1;
      RankTemplate(match.template_(), rank);
      break;
    default:
      rank.kind = 2;
      rank.literal_bytes = static_cast<uint32_t>(PrefixOf(match).size());
  }
  return rank;
}

std::strong_ordering operator<=>(const RouteRank& a, const RouteRank& b) {
  if (auto order = b.literal_bytes <=> a.literal_bytes; order != 0) return order;
  if (auto order = a.kind <=> b.kind; order != 0) return order;
  if (auto order = b.all_literal_bytes <=> a.all_literal_bytes; order != 0) return order;
  if (auto order = a.open_ended <=> b.open_ended; order != 0) return order;
  if (auto order = b.segments <=> a.segments; order != 0) return order;
  if (auto order = b.predicates <=> a.predicates; order != 0) return order;
  return a.name <=> b.name;
}

bool BasePathBefore(std::string_view a, std::string_view b) {
  return a.size() != b.size() ? a.size() > b.size() : a < b;
}

bool HostBefore(std::string_view a, std::string_view b) {
  const bool wild_a = a.starts_with('*'), wild_b = b.starts_with('*');
  if (wild_a != wild_b) return wild_b;
  if (wild_a && a.size() != b.size()) return a.size() > b.size();
  return a < b;
}

}  // namespace sluice::model
