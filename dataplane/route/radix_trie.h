// A compressed radix trie over byte strings: finds every key that is a prefix of a text in one walk
// over that text, whatever the number of keys.
//
// Nodes lie in one array, the children of a node side by side with their first bytes in an array of
// their own, so that a step is one memchr and one memcmp. Immutable; some 40 bytes for each key.
#pragma once

#include <cstdint>
#include <cstring>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "dataplane/base/ascii.h"

namespace sluice::route {

class RadixTrie final {
 public:
  // What hangs at a key. The lower `rank` is preferred; `value` is the owner's.
  struct Item {
    uint32_t rank;
    uint32_t value;
  };
  struct Key {
    std::string text;
    Item item;
  };

  static constexpr uint32_t kNoRank = UINT32_MAX;  // higher than every rank

  RadixTrie() = default;  // no keys: every walk ends at once
  // A text may come several times; its items are kept sorted by rank.
  explicit RadixTrie(std::vector<Key> keys);

  bool empty() const { return items_.empty(); }
  // For tests and memory accounts; branch points without a key included.
  size_t node_count() const { return nodes_.size(); }

  enum class Case : uint8_t { kExact, kFold };  // kFold: keys are lower case, the text need not be

  // Calls `visit(depth, items)` for each key that is a prefix of `text` (`depth` bytes of it), from
  // the shortest on. `visit` returns the rank it has: what ranks no lower is not visited any more.
  // `best` is the rank to begin with.
  template <Case kCase = Case::kExact, typename Visit>
  void Walk(std::string_view text, Visit&& visit, uint32_t best = kNoRank) const;

 private:
  friend class RadixTrieBuilder;

  // 20 bytes: a step reads one node, a cache line or two of first bytes, and the label.
  struct Node {
    uint32_t label = 0;         // into labels_
    uint32_t first_child = 0;   // into nodes_
    uint32_t first_item = 0;    // into items_; the node's items end where the next node's begin
    uint32_t lowest = kNoRank;  // rank, in this node and below
    uint16_t label_size = 0;
    uint16_t child_count = 0;
  };

  // `label` is the trie's, `text` the walk's.
  template <Case kCase>
  static bool Same(const char* label, const char* text, size_t size);

  std::vector<Node> nodes_;        // root first; one more at the end closes the last items
  std::vector<char> first_bytes_;  // of the label of each node
  std::vector<Item> items_;
  std::string labels_;
};

template <RadixTrie::Case kCase>
bool RadixTrie::Same(const char* label, const char* text, size_t size) {
  if constexpr (kCase == Case::kExact) return std::memcmp(label, text, size) == 0;
  return base::EqualsIgnoreCase({label, size}, {text, size});
}

template <RadixTrie::Case kCase, typename Visit>
void RadixTrie::Walk(std::string_view text, Visit&& visit, uint32_t best) const {
  if (items_.empty()) return;
  size_t depth = 0;
  const Node* node = nodes_.data();
  while (true) {
    const uint32_t items_end = node[1].first_item;
    if (node->first_item != items_end) {
      best = visit(depth, std::span<const Item>(items_.data() + node->first_item,
                                                items_end - node->first_item));
    }
    if (depth == text.size() || node->child_count == 0) return;
    const char byte = kCase == Case::kFold ? base::AsciiLower(text[depth]) : text[depth];
    const char* bytes = first_bytes_.data() + node->first_child;
    const void* hit = std::memchr(bytes, byte, node->child_count);
    if (hit == nullptr) return;
    node = nodes_.data() + node->first_child + (static_cast<const char*>(hit) - bytes);
    if (node->lowest >= best || text.size() - depth < node->label_size) return;
    if (!Same<kCase>(labels_.data() + node->label, text.data() + depth, node->label_size)) return;
    depth += node->label_size;
  }
}

}  // namespace sluice::route
