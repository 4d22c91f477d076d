#include "dataplane/balance/maglev.h"

#include <algorithm>
#include <cstring>
#include <tuple>

#include "dataplane/base/hash.h"

namespace sluice::balance {
namespace {

// Probes a step apart before all members are searched in order: enough unless nearly all are down.
constexpr int kProbes = 64;

// Where one member is in its permutation of the table.
struct Turn {
  uint64_t at;
  uint64_t skip;
  double weight;
  double due = 0;  // gets an entry in the first round whose weight reaches it
};

}  // namespace

Maglev::Maglev(std::span<const Candidate> candidates, uint64_t table_size) {
  // Sorted by what names them: the order of an update must not move requests.
  std::vector<Candidate> sorted(candidates.begin(), candidates.end());
  std::sort(sorted.begin(), sorted.end(), [](const Candidate& a, const Candidate& b) {
    return std::tie(a.key, a.member) < std::tie(b.key, b.member);
  });
  for (const Candidate& one : sorted) members_.push_back(one.member);
  if (members_.size() < 2) return;
  width_ = members_.size() <= 0x100 ? 1 : members_.size() <= 0x10000 ? 2 : 4;
  entries_ = table_size;
  table_.resize(entries_ * width_);
  Fill(sorted);
}

void Maglev::Fill(std::span<const Candidate> sorted) {
  double heaviest = 0;
  std::vector<Turn> turns;
  turns.reserve(sorted.size());
  for (const Candidate& one : sorted) {
    heaviest = std::max(heaviest, one.weight);
    turns.push_back({base::XxHash64(one.key) % entries_, base::XxHash64(one.key, 1) % (entries_ - 1) + 1,
                     one.weight});
  }
  std::vector<bool> taken(entries_);
  size_t left = entries_;
  for (uint32_t round = 1; left > 0; ++round) {
    for (uint32_t i = 0; i < turns.size() && left > 0; ++i) {
      Turn& turn = turns[i];
      if (round * turn.weight < turn.due) continue;
      turn.due += heaviest;
      while (taken[turn.at]) {
        turn.at += turn.skip;
        if (turn.at >= entries_) turn.at -= entries_;
      }
      taken[turn.at] = true;
      SetEntry(turn.at, i);
      --left;
    }
  }
}

void Maglev::SetEntry(size_t at, uint32_t index) {
  std::memcpy(&table_[at * width_], &index, width_);  // little-endian: the low bytes
}

uint32_t Maglev::Entry(size_t at) const {
  switch (width_) {
    case 1: return table_[at];
    case 2: {
      uint16_t index;
      std::memcpy(&index, &table_[at * 2], sizeof(index));
      return index;
    }
    default: {
      uint32_t index;
      std::memcpy(&index, &table_[at * 4], sizeof(index));
      return index;
    }
  }
}

uint32_t Maglev::Pick(PickState&, uint64_t hash, States states, Serve serve) const {
  if (members_.empty()) return kNobody;
  if (entries_ == 0) return states[members_[0]]->Serves(serve) ? members_[0] : kNobody;
  size_t at = hash % entries_;
  if (states[owner(at)]->Serves(serve)) return owner(at);
  const size_t step = (hash / entries_) % (entries_ - 1) + 1;
  for (int probe = 0; probe < kProbes; ++probe) {
    at += step;
    if (at >= entries_) at -= entries_;
    if (states[owner(at)]->Serves(serve)) return owner(at);
  }
  // Also finds members that got no entry because the table is smaller than the level.
  size_t index = hash % members_.size();
  for (size_t searched = 0; searched < members_.size(); ++searched) {
    if (states[members_[index]]->Serves(serve)) return members_[index];
    if (++index == members_.size()) index = 0;
  }
  return kNobody;
}

}  // namespace sluice::balance
