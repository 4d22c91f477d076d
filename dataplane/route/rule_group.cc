#include "dataplane/route/rule_group.h"

#include <re2/re2.h>
#include <re2/set.h>

#include <algorithm>
#include <utility>

#include "absl/container/flat_hash_set.h"

namespace sluice::route {
namespace {

// For the programs and the automaton of one set; a set that needs more is not used.
constexpr int64_t kMaxSetBytes = 16 << 20;

// The exact value that `route` asks for in field `name`; null if it asks for none.
const std::string* ExactValue(const Route& route, const HeaderName& name) {
  for (const HeaderPredicate& predicate : route.predicates.headers) {
    if (predicate.kind != HeaderPredicate::Kind::kString || predicate.invert ||
        predicate.missing_as_empty)
      continue;
    if (predicate.string.kind != StringMatcher::Kind::kExact || predicate.string.ignore_case)
      continue;
    if (predicate.name.source == name.source && predicate.name.text == name.text)
      return &predicate.string.text;
  }
  return nullptr;
}

}  // namespace

struct RegexGroup::Set {
  explicit Set(const re2::RE2::Options& options) : patterns(options, re2::RE2::ANCHOR_BOTH) {}
  re2::RE2::Set patterns;  // pattern i belongs to orders_[i]
};

RegexGroup::RegexGroup(std::span<const Route> routes, std::vector<uint32_t> orders)
    : orders_(std::move(orders)) {
  re2::RE2::Options options;
  options.set_log_errors(false);
  options.set_max_mem(kMaxSetBytes);
  auto set = std::make_unique<Set>(options);
  for (uint32_t order : orders_) {
    const std::string_view pattern = routes[order].path.regex->pattern();
    if (set->patterns.Add({pattern.data(), pattern.size()}, nullptr) < 0) return;
  }
  if (set->patterns.Compile()) set_ = std::move(set);
}

RegexGroup::RegexGroup(RegexGroup&&) noexcept = default;
RegexGroup& RegexGroup::operator=(RegexGroup&&) noexcept = default;
RegexGroup::~RegexGroup() = default;

uint32_t RegexGroup::Find(std::span<const Route> routes, std::string_view path,
                          const http::Head& head, uint64_t random, uint32_t best) const {
  auto holds = [&](uint32_t order) {
    return routes[order].path.Matches(path) && routes[order].predicates.Match(head, random);
  };
  re2::RE2::Set::ErrorInfo error{re2::RE2::Set::kNoError};
  std::vector<int> hits;
  if (set_ == nullptr || (!set_->patterns.Match({path.data(), path.size()}, &hits, &error) &&
                          error.kind != re2::RE2::Set::kNoError)) {
    for (uint32_t order : orders_) {
      if (order >= best) break;
      if (holds(order)) return order;
    }
    return best;
  }
  std::sort(hits.begin(), hits.end());
  for (int hit : hits) {
    const uint32_t order = orders_[static_cast<size_t>(hit)];
    if (order >= best) break;
    if (holds(order)) return order;
  }
  return best;
}

std::optional<HeaderName> FieldGroup::Choose(std::span<const Route> routes,
                                             std::span<const uint32_t> orders) {
  struct Use {
    const HeaderName* name = nullptr;
    size_t rules = 0;
    absl::flat_hash_set<std::string> values;
  };
  if (orders.size() < kMinRules) return std::nullopt;
  absl::flat_hash_map<std::string, Use> uses;
  for (uint32_t order : orders) {
    for (const HeaderPredicate& predicate : routes[order].predicates.headers) {
      const std::string* value = ExactValue(routes[order], predicate.name);
      if (value == nullptr) continue;
      Use& use = uses[predicate.name.text];
      use.name = &predicate.name;
      ++use.rules;
      use.values.insert(*value);
    }
  }
  const Use* most = nullptr;
  for (const auto& [text, use] : uses) {
    if (use.rules < kMinRules || use.values.size() < 2) continue;
    if (most == nullptr || use.values.size() > most->values.size()) most = &use;
  }
  if (most == nullptr) return std::nullopt;
  return *most->name;
}

FieldGroup::FieldGroup(HeaderName name, std::span<const Route> routes,
                       std::vector<uint32_t>& orders)
    : name_(std::move(name)) {
  std::vector<uint32_t> others;
  for (uint32_t order : orders) {
    if (const std::string* value = ExactValue(routes[order], name_)) {
      by_value_[*value].push_back(order);
      lowest_ = std::min(lowest_, order);
    } else {
      others.push_back(order);
    }
  }
  orders = std::move(others);
}

}  // namespace sluice::route
