#include "dataplane/route/radix_trie.h"

#include <algorithm>

namespace sluice::route {
namespace {

constexpr size_t kMaxLabel = UINT16_MAX;

size_t CommonPrefix(std::string_view a, std::string_view b, size_t from) {
  const size_t end = std::min({a.size(), b.size(), from + kMaxLabel});
  return static_cast<size_t>(
      std::mismatch(a.begin() + from, a.begin() + end, b.begin() + from).first - a.begin());
}

}  // namespace

// Works level by level without recursion: keys may nest as deep as they are long.
class RadixTrieBuilder final {
 public:
  RadixTrieBuilder(RadixTrie& trie, std::vector<RadixTrie::Key> keys)
      : trie_(trie), keys_(std::move(keys)) {}

  void Build() {
    // Usually sorted already by the one who looked for equal keys.
    if (!std::is_sorted(keys_.begin(), keys_.end(), Before))
      std::sort(keys_.begin(), keys_.end(), Before);
    AddNode({0, keys_.size(), 0}, 0);
    for (size_t i = 0; i < trie_.nodes_.size(); ++i) Fill(i);
    SetLowest();
    trie_.nodes_.emplace_back().first_item = static_cast<uint32_t>(trie_.items_.size());
    trie_.nodes_.shrink_to_fit();
    trie_.first_bytes_.shrink_to_fit();
    trie_.labels_.shrink_to_fit();
  }

 private:
  // Sorted keys [begin, end) share their first `depth` bytes.
  struct Range {
    size_t begin;
    size_t end;
    size_t depth;
  };

  static bool Before(const RadixTrie::Key& a, const RadixTrie::Key& b) {
    const int order = a.text.compare(b.text);
    return order < 0 || (order == 0 && a.item.rank < b.item.rank);
  }

  void AddNode(Range range, size_t parent_depth) {
    RadixTrie::Node& node = trie_.nodes_.emplace_back();
    const std::string_view text = keys_[range.begin].text;
    const std::string_view label = text.substr(parent_depth, range.depth - parent_depth);
    node.label = static_cast<uint32_t>(trie_.labels_.size());
    node.label_size = static_cast<uint16_t>(label.size());
    trie_.labels_.append(label);
    trie_.first_bytes_.push_back(label.empty() ? '\0' : label.front());
    ranges_.push_back(range);
  }

  // Gives node `i` its items and appends its children.
  void Fill(size_t i) {
    auto [begin, end, depth] = ranges_[i];
    trie_.nodes_[i].first_item = static_cast<uint32_t>(trie_.items_.size());
    for (; begin < end && keys_[begin].text.size() == depth; ++begin)
      trie_.items_.push_back(keys_[begin].item);
    trie_.nodes_[i].first_child = static_cast<uint32_t>(trie_.nodes_.size());
    uint16_t children = 0;
    while (begin < end) {
      const char byte = keys_[begin].text[depth];
      size_t next = begin + 1;
      while (next < end && keys_[next].text[depth] == byte) ++next;
      AddNode({begin, next, CommonPrefix(keys_[begin].text, keys_[next - 1].text, depth)}, depth);
      begin = next;
      ++children;
    }
    trie_.nodes_[i].child_count = children;
  }

  void SetLowest() {
    std::vector<RadixTrie::Node>& nodes = trie_.nodes_;
    for (size_t i = nodes.size(); i-- > 0;) {
      const size_t items_end = i + 1 < nodes.size() ? nodes[i + 1].first_item : trie_.items_.size();
      if (nodes[i].first_item < items_end) nodes[i].lowest = trie_.items_[nodes[i].first_item].rank;
      for (uint32_t child = 0; child < nodes[i].child_count; ++child) {
        nodes[i].lowest = std::min(nodes[i].lowest, nodes[nodes[i].first_child + child].lowest);
      }
    }
  }

  RadixTrie& trie_;
  std::vector<RadixTrie::Key> keys_;
  std::vector<Range> ranges_;
};

RadixTrie::RadixTrie(std::vector<Key> keys) {
  if (!keys.empty()) RadixTrieBuilder(*this, std::move(keys)).Build();
}

}  // namespace sluice::route
