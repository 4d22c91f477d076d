// The path rules of one virtual host in one structure that keeps first-match order.
//
// Prefixes, exact paths and separated prefixes are keys of a radix trie; a regex hangs at the bytes
// that all its matches start with. One walk over the path visits the few rules that can match it,
// and the lowest order that passes wins. Where many rules share a key they are grouped: from 8
// regexes on behind one RE2::Set, from 17 rules with an exact condition on the same field behind a
// hash on that field. Immutable, shared by all workers.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string_view>
#include <vector>

#include "dataplane/http/head.h"
#include "dataplane/route/radix_trie.h"
#include "dataplane/route/route.h"
#include "dataplane/route/rule_group.h"

namespace sluice::route {

class PathIndex final {
 public:
  // `routes` keep their place and outlive the index; their `order` is their position.
  explicit PathIndex(std::span<const Route> routes);

  // The lowest order whose rule and predicates hold for the request; null if none. O(|path|) and
  // the rules on it.
  const Route* Find(std::string_view path, const http::Head& head, uint64_t random) const;

 private:
  struct Request;  // what stays the same during one look-up
  RadixTrie Build(RadixTrie::Case kind);
  void AddRules(const std::string& text, std::vector<uint32_t> orders,
                std::vector<RadixTrie::Key>& keys);
  uint32_t Visit(const Request& request, size_t depth, std::span<const RadixTrie::Item> items,
                 uint32_t best) const;

  const std::span<const Route> routes_;
  // Named by the items of the tries.
  std::vector<RegexGroup> regex_groups_;
  std::vector<FieldGroup> field_groups_;
  RadixTrie exact_case_;
  RadixTrie any_case_;  // rules with case_sensitive: false, in lower case
};

}  // namespace sluice::route
