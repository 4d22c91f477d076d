// Many rules that share one key of the path index, narrowed in one step. Parts of PathIndex.
//
// Without them a table of tenants told apart by a field, or of templates without a literal prefix,
// would be scanned rule by rule. Both only narrow; what they name is still tested in full, so a
// wrong group could cost time but not an answer. Immutable, shared by all workers.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "dataplane/http/head.h"
#include "dataplane/route/header_value.h"
#include "dataplane/route/route.h"

namespace sluice::route {

// Regex rules behind one RE2::Set. The set only narrows: each rule it names is confirmed by its own
// regex and predicates. If the set's automaton outgrows its memory, every rule is tried in order.
class RegexGroup final {
 public:
  static constexpr size_t kMinRules = 8;

  // `orders` ascending, regex rules only. nullptr set (too large to build) means: try every rule.
  RegexGroup(std::span<const Route> routes, std::vector<uint32_t> orders);
  RegexGroup(RegexGroup&&) noexcept;
  RegexGroup& operator=(RegexGroup&&) noexcept;
  ~RegexGroup();

  uint32_t lowest() const { return orders_.front(); }
  // The lowest order below `best` that matches, else `best`. RE2::Set allocates its answer.
  uint32_t Find(std::span<const Route> routes, std::string_view path, const http::Head& head,
                uint64_t random, uint32_t best) const;

 private:
  struct Set;                     // hides <re2/set.h>
  std::vector<uint32_t> orders_;  // pattern i of the set is the regex of route orders_[i]
  std::unique_ptr<Set> set_;      // null: every rule is tried
};

// Rules with an exact condition on the same field (often ":method"), by the value they ask for.
class FieldGroup final {
 public:
  static constexpr size_t kMinRules = 17;

  // The field that at least kMinRules of `orders` have such a condition on, and that tells most of
  // them apart; nullopt if none.
  static std::optional<HeaderName> Choose(std::span<const Route> routes,
                                          std::span<const uint32_t> orders);
  // Takes the rules it can hold out of `orders` (ascending).
  FieldGroup(HeaderName name, std::span<const Route> routes, std::vector<uint32_t>& orders);

  uint32_t lowest() const { return lowest_; }
  // Calls `visit(orders)` with the rules that ask for one of the field's values, ascending, once
  // for each value.
  template <typename Visit>
  void Find(const http::Head& head, Visit&& visit) const {
    TestField(head, name_, [&](std::string_view value) {
      const auto found = by_value_.find(absl::string_view(value.data(), value.size()));
      if (found != by_value_.end()) visit(std::span<const uint32_t>(found->second));
      return false;
    });
  }

 private:
  HeaderName name_;
  // Of all rules here; the rank of the group in its trie node.
  uint32_t lowest_ = UINT32_MAX;
  absl::flat_hash_map<std::string, std::vector<uint32_t>> by_value_;
};

}  // namespace sluice::route
