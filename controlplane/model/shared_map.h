// An immutable sorted map of which changed copies are cheap: the entries lie in chunks, and a copy
// shares every chunk that no edit touches. n entries, k edits: about n / 128 pointer copies and k
// chunks of new entries, so a revision of 100,000 objects costs some 100 us.
//
// Invariants: no chunk is empty; keys rise through all chunks; no chunk has over kMost entries. Sizes
// of chunks do not matter for what a map holds, only for what an edit costs.
//
// Key: ordered by <, equal by ==. Value: copied into the new chunk with its neighbours, so it should
// be cheap to copy, such as a shared pointer.
//
// Value type; copies share memory. Thread: any, as nothing ever changes. Iterators and references
// live as long as any copy that shares the chunk.
#pragma once

#include <algorithm>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

namespace sluice::model {

template <typename Key, typename Value>
class SharedMap final {
 public:
  using Entry = std::pair<Key, Value>;
  // What becomes of one key.
  struct Edit {
    Key key;
    std::optional<Value> value;  // absent: remove it, if it is there
  };

 private:
  using Chunk = std::vector<Entry>;
  using Chunks = std::vector<std::shared_ptr<const Chunk>>;

 public:
  // Walks the entries in the order of their keys. Borrows the map it came from: that one must not be
  // assigned to or destroyed meanwhile.
  class Iterator final {
   public:
    Iterator(const Chunks* chunks, size_t chunk, size_t at)
        : chunks_(chunks), chunk_(chunk), at_(at) {}
    const Entry& operator*() const { return (*(*chunks_)[chunk_])[at_]; }
    const Entry* operator->() const { return &**this; }
    Iterator& operator++() {
      if (++at_ == (*chunks_)[chunk_]->size()) {
        ++chunk_;
        at_ = 0;
      }
      return *this;
    }
    friend bool operator==(const Iterator& a, const Iterator& b) {
      return a.chunk_ == b.chunk_ && a.at_ == b.at_;
    }

   private:
    const Chunks* chunks_;
    size_t chunk_;
    size_t at_;
  };

  // Of all entries. Constant time.
  size_t size() const { return size_; }
  bool empty() const { return size_ == 0; }
  Iterator begin() const { return {&chunks_, 0, 0}; }
  Iterator end() const { return {&chunks_, chunks_.size(), 0}; }

  // The first entry whose key is not less than `key`; end() if all are less. Logarithmic, as is Find.
  Iterator LowerBound(const Key& key) const {
    const size_t chunk = ChunkOf(key);
    if (chunk == chunks_.size()) return end();
    const Chunk& entries = *chunks_[chunk];
    const size_t at = PositionIn(entries, key);
    return at == entries.size() ? Iterator(&chunks_, chunk + 1, 0) : Iterator(&chunks_, chunk, at);
  }

  // nullptr if there is none.
  const Value* Find(const Key& key) const {
    const size_t chunk = ChunkOf(key);
    if (chunk == chunks_.size()) return nullptr;
    const Chunk& entries = *chunks_[chunk];
    const size_t at = PositionIn(entries, key);
    return at == entries.size() || entries[at].first != key ? nullptr : &entries[at].second;
  }

  // A copy with `edits`, in any order; of several for one key the last holds. This map and all that
  // was copied from it stay as they are.
  SharedMap With(std::vector<Edit> edits) const {
    std::stable_sort(edits.begin(), edits.end(),
                     [](const Edit& a, const Edit& b) { return a.key < b.key; });
    SharedMap next;
    next.chunks_.reserve(chunks_.size() + edits.size() / kHalf + 1);
    size_t edit = 0;
    for (size_t i = 0; i < chunks_.size(); ++i) {
      const bool last = i + 1 == chunks_.size();
      size_t end = edit;
      while (end < edits.size() && (last || edits[end].key < chunks_[i + 1]->front().first)) ++end;
      if (end == edit) {
        next.size_ += chunks_[i]->size();
        next.chunks_.push_back(chunks_[i]);
      } else {
        next.Append(Merge(*chunks_[i], edits, edit, end));
      }
      edit = end;
    }
    if (chunks_.empty()) next.Append(Merge({}, edits, 0, edits.size()));
    return next;
  }

 private:
  // Large chunks make edits dear, small ones the copy of their list: this is near the least sum for
  // ten thousands of entries.
  static constexpr size_t kMost = 256;
  static constexpr size_t kHalf = kMost / 2;

  // The chunk in which `key` is if it is anywhere; chunks_.size() only if there are no chunks. Keys
  // less than all are looked for in the first.
  size_t ChunkOf(const Key& key) const {
    auto next = std::upper_bound(chunks_.begin(), chunks_.end(), key,
                                 [](const Key& k, const auto& c) { return k < c->front().first; });
    return next == chunks_.begin() ? 0 : static_cast<size_t>(next - chunks_.begin()) - 1;
  }

  // The first entry of a chunk whose key is not less.
  static size_t PositionIn(const Chunk& entries, const Key& key) {
    auto at = std::lower_bound(entries.begin(), entries.end(), key,
                               [](const Entry& entry, const Key& k) { return entry.first < k; });
    return static_cast<size_t>(at - entries.begin());
  }

  // `old` with edits [from, to), which are sorted; takes their values.
  // An edit that is followed by another of the same key is passed over.
  static Chunk Merge(const Chunk& old, std::vector<Edit>& edits, size_t from, size_t to) {
    Chunk merged;
    merged.reserve(old.size() + (to - from));
    size_t at = 0;
    for (size_t i = from; i < to; ++i) {
      if (i + 1 < to && !(edits[i].key < edits[i + 1].key)) continue;
      while (at < old.size() && old[at].first < edits[i].key) merged.push_back(old[at++]);
      if (at < old.size() && !(edits[i].key < old[at].first)) ++at;
      if (edits[i].value) merged.emplace_back(std::move(edits[i].key), std::move(*edits[i].value));
    }
    merged.insert(merged.end(), old.begin() + static_cast<std::ptrdiff_t>(at), old.end());
    return merged;
  }

  // Adds `entries`, whose keys are greater than all so far, in pieces of a good size; joins a small
  // one to its neighbour, so that deletions do not leave crumbs.
  void Append(Chunk entries) {
    if (entries.empty()) return;
    size_ += entries.size();
    if (!chunks_.empty() && chunks_.back()->size() + entries.size() <= kHalf) {
      Chunk joined = *chunks_.back();
      joined.insert(joined.end(), std::make_move_iterator(entries.begin()),
                    std::make_move_iterator(entries.end()));
      chunks_.back() = std::make_shared<const Chunk>(std::move(joined));
      return;
    }
    const size_t pieces = entries.size() <= kMost ? 1 : (entries.size() + kHalf - 1) / kHalf;
    const size_t each = (entries.size() + pieces - 1) / pieces;
    for (size_t at = 0; at < entries.size(); at += each) {
      const size_t end = std::min(at + each, entries.size());
      chunks_.push_back(std::make_shared<const Chunk>(
          std::make_move_iterator(entries.begin() + static_cast<std::ptrdiff_t>(at)),
          std::make_move_iterator(entries.begin() + static_cast<std::ptrdiff_t>(end))));
    }
  }

  // In the order of their keys; shared with the maps this one came from and those made of it.
  Chunks chunks_;
  size_t size_ = 0;
};

}  // namespace sluice::model
