#include "dataplane/route/path_index.h"

#include <algorithm>
#include <string>
#include <utility>

#include "absl/container/flat_hash_map.h"

namespace sluice::route {
namespace {

// RadixTrie::Item.value: what the item is, and for groups which one. The rank of a rule is its
// order, that of a group the lowest order in it.
enum class ItemKind : uint32_t {
  kPrefix,
  kExact,
  kSeparatedPrefix,
  kRegex,
  kRegexGroup,
  kFieldGroup
};
constexpr uint32_t kKindBits = 3;
constexpr uint32_t kConditional = 1u << kKindBits;  // has predicates
constexpr uint32_t kIndexShift = kKindBits + 1;

ItemKind KindOf(uint32_t value) { return static_cast<ItemKind>(value & ((1u << kKindBits) - 1)); }
uint32_t GroupValue(ItemKind kind, size_t index) {
  return static_cast<uint32_t>(kind) | static_cast<uint32_t>(index) << kIndexShift;
}

RadixTrie::Item ItemOf(const Route& route, uint32_t order) {
  const uint32_t kind = static_cast<uint32_t>(route.path.kind);
  return {order, kind | (route.predicates.empty() ? 0 : kConditional)};
}
static_assert(static_cast<uint32_t>(PathRule::Kind::kRegex) ==
              static_cast<uint32_t>(ItemKind::kRegex));

// Whether a rule of this kind, whose key is the first `depth` bytes of `path`, takes the path.
bool TakesRest(ItemKind kind, std::string_view path, size_t depth) {
  switch (kind) {
    case ItemKind::kPrefix:
      return true;
    case ItemKind::kExact:
      return path.size() == depth;
    case ItemKind::kSeparatedPrefix:
      return path.size() == depth || path[depth] == '/';
    default:
      return false;
  }
}

}  // namespace

struct PathIndex::Request {
  std::string_view path;
  const http::Head& head;
  uint64_t random;
};

PathIndex::PathIndex(std::span<const Route> routes)
    : routes_(routes),
      exact_case_(Build(RadixTrie::Case::kExact)),
      any_case_(Build(RadixTrie::Case::kFold)) {}

RadixTrie PathIndex::Build(RadixTrie::Case kind) {
  std::vector<std::pair<std::string_view, uint32_t>> rules;
  for (uint32_t order = 0; order < routes_.size(); ++order) {
    const PathRule& rule = routes_[order].path;
    const bool is_regex = rule.kind == PathRule::Kind::kRegex;
    if ((is_regex || rule.case_sensitive) != (kind == RadixTrie::Case::kExact)) continue;
    rules.emplace_back(is_regex ? rule.regex->literal_prefix() : std::string_view(rule.text),
                       order);
  }
  std::sort(rules.begin(), rules.end());
  std::vector<RadixTrie::Key> keys;
  keys.reserve(rules.size());
  for (size_t begin = 0; begin < rules.size();) {
    std::vector<uint32_t> orders;
    size_t end = begin;
    while (end < rules.size() && rules[end].first == rules[begin].first)
      orders.push_back(rules[end++].second);
    AddRules(std::string(rules[begin].first), std::move(orders), keys);
    begin = end;
  }
  return RadixTrie(std::move(keys));
}

void PathIndex::AddRules(const std::string& text, std::vector<uint32_t> orders,
                         std::vector<RadixTrie::Key>& keys) {
  while (std::optional<HeaderName> name = FieldGroup::Choose(routes_, orders)) {
    const FieldGroup& group = field_groups_.emplace_back(*std::move(name), routes_, orders);
    keys.push_back(
        {text, {group.lowest(), GroupValue(ItemKind::kFieldGroup, field_groups_.size() - 1)}});
  }
  std::vector<uint32_t> regexes;
  for (uint32_t order : orders) {
    if (routes_[order].path.kind == PathRule::Kind::kRegex) {
      regexes.push_back(order);
    } else {
      keys.push_back({text, ItemOf(routes_[order], order)});
    }
  }
  if (regexes.size() < RegexGroup::kMinRules) {
    for (uint32_t order : regexes) keys.push_back({text, ItemOf(routes_[order], order)});
  } else {
    const RegexGroup& group = regex_groups_.emplace_back(routes_, std::move(regexes));
    keys.push_back(
        {text, {group.lowest(), GroupValue(ItemKind::kRegexGroup, regex_groups_.size() - 1)}});
  }
}

uint32_t PathIndex::Visit(const Request& request, size_t depth,
                          std::span<const RadixTrie::Item> items, uint32_t best) const {
  auto holds = [&](uint32_t order) {
    const Route& route = routes_[order];
    const bool takes = route.path.kind == PathRule::Kind::kRegex
                           ? route.path.regex->FullMatch(request.path)
                           : TakesRest(static_cast<ItemKind>(route.path.kind), request.path, depth);
    return takes && route.predicates.Match(request.head, request.random);
  };
  for (const RadixTrie::Item& item : items) {
    if (item.rank >= best) break;
    const ItemKind kind = KindOf(item.value);
    if (kind == ItemKind::kRegexGroup) {
      best = regex_groups_[item.value >> kIndexShift].Find(routes_, request.path, request.head,
                                                           request.random, best);
    } else if (kind == ItemKind::kFieldGroup) {
      field_groups_[item.value >> kIndexShift].Find(request.head,
                                                    [&](std::span<const uint32_t> orders) {
                                                      for (uint32_t order : orders) {
                                                        if (order >= best) break;
                                                        if (holds(order)) best = order;
                                                      }
                                                    });
    } else if ((item.value & kConditional) == 0 && kind != ItemKind::kRegex) {
      // The common case reads nothing but the item.
      if (TakesRest(kind, request.path, depth)) best = item.rank;
    } else if (holds(item.rank)) {
      best = item.rank;
    }
  }
  return best;
}

const Route* PathIndex::Find(std::string_view path, const http::Head& head, uint64_t random) const {
  const Request request{path, head, random};
  uint32_t best = RadixTrie::kNoRank;
  auto visit = [&](size_t depth, std::span<const RadixTrie::Item> items) {
    best = Visit(request, depth, items, best);
    return best;
  };
  exact_case_.Walk<RadixTrie::Case::kExact>(path, visit);
  any_case_.Walk<RadixTrie::Case::kFold>(path, visit, best);
  return best == RadixTrie::kNoRank ? nullptr : &routes_[best];
}

}  // namespace sluice::route
