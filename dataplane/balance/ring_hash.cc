#include "dataplane/balance/ring_hash.h"

#include <algorithm>
#include <bit>
#include <charconv>
#include <cmath>
#include <string>
#include <utility>

#include "dataplane/base/hash.h"

namespace sluice::balance {
namespace {

using Point = std::pair<uint64_t, uint32_t>;

uint64_t HashOf(std::string_view text, HashFunction function) {
  return function == HashFunction::kMurmurHash2 ? base::MurmurHash64(text) : base::XxHash64(text);
}

std::vector<Point> Points(std::span<const Candidate> candidates, const Balancing& balancing) {
  double lightest = 1.0;
  for (const Candidate& one : candidates) lightest = std::min(lightest, one.weight);
  const double scale =
      std::min(std::ceil(lightest * static_cast<double>(balancing.min_ring_size)) / lightest,
               static_cast<double>(balancing.max_ring_size));
  std::vector<Point> points;
  points.reserve(static_cast<size_t>(std::ceil(scale)));
  // Running sums over all members: parts of a point are not lost, they add up with the neighbours'.
  double made = 0;
  double due = 0;
  std::string text;
  for (const Candidate& one : candidates) {
    due += scale * one.weight;
    text.assign(one.key).push_back('_');
    const size_t stem = text.size();
    for (uint64_t i = 0; made < due; ++i, ++made) {
      char digits[20];
      const char* end = std::to_chars(digits, digits + sizeof(digits), i).ptr;
      text.resize(stem);
      text.append(digits, static_cast<size_t>(end - digits));
      points.emplace_back(HashOf(text, balancing.hash_function), one.member);
    }
  }
  std::sort(points.begin(), points.end());
  return points;
}

}  // namespace

RingHash::RingHash(std::span<const Candidate> candidates, const Balancing& balancing) {
  if (candidates.empty()) return;
  const std::vector<Point> points = Points(candidates, balancing);
  hashes_.reserve(points.size());
  members_.reserve(points.size());
  for (const auto& [hash, member] : points) {
    hashes_.push_back(hash);
    members_.push_back(member);
  }
  // One bucket a point or fewer: a look-up reads its bucket and then about one point.
  const unsigned bits = std::max(1u, static_cast<unsigned>(std::bit_width(points.size())) - 1);
  shift_ = 64 - bits;
  first_.reserve(size_t{1} << bits);
  uint32_t at = 0;
  for (uint64_t bucket = 0; bucket < (uint64_t{1} << bits); ++bucket) {
    while (at < hashes_.size() && hashes_[at] >> shift_ < bucket) ++at;
    first_.push_back(at);
  }
}

size_t RingHash::Find(uint64_t hash) const {
  size_t at = first_[hash >> shift_];
  while (at < hashes_.size() && hashes_[at] < hash) ++at;
  return at == hashes_.size() ? 0 : at;
}

uint32_t RingHash::Pick(PickState&, uint64_t hash, States states, Serve serve) const {
  if (hashes_.empty()) return kNobody;
  size_t at = Find(hash);
  for (size_t walked = 0; walked < members_.size(); ++walked) {
    if (states[members_[at]]->Serves(serve)) return members_[at];
    if (++at == members_.size()) at = 0;
  }
  return kNobody;
}

}  // namespace sluice::balance
