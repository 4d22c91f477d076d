// What was compiled last time, by the name and content of its resource. One thread.
//
// Find looks at the last round; Keep puts into this round; EndRound forgets what
// this round did not keep. A round that is not ended (a refused revision) is added to the last one,
// so the corrected revision still shares what was good in it.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <string>
#include <utility>

#include "absl/container/flat_hash_map.h"

namespace sluice::config {

template <typename Made>
class Reuse final {
 public:
  using Content = std::array<uint8_t, 32>;

  // nullptr unless the last thing kept under `name` was made of the same content.
  const Made* Find(const std::string& name, const Content& content) const {
    const auto found = last_.find(name);
    if (found == last_.end() || found->second.content != content) return nullptr;
    return &found->second.made;
  }
  // `made` is found from the next round on, and only if this one keeps it.
  void Keep(const std::string& name, const Content& content, Made made) {
    next_.insert_or_assign(name, Entry{content, std::move(made)});
  }
  // What was not kept since the last call is forgotten; pointers from Find are void.
  void EndRound() {
    last_ = std::move(next_);
    next_.clear();
  }
  // Adds this round to the last one instead of replacing it.
  void AbandonRound() {
    for (auto& [name, entry] : next_) last_.insert_or_assign(name, std::move(entry));
    next_.clear();
  }

 private:
  struct Entry {
    Content content;
    Made made;
  };
  absl::flat_hash_map<std::string, Entry> last_;
  absl::flat_hash_map<std::string, Entry> next_;
};

}  // namespace sluice::config
