#include "dataplane/http/field_id.h"

#include <array>
#include <cstring>

#include "dataplane/http/field_lookup.h"

namespace sluice::http {
namespace {

using detail::FieldMultipliers;
using detail::FieldPattern;

constexpr std::array<std::string_view, kFieldIdCount> kNames = {"",
#define SLUICE_FIELD_NAME(id, name) name,
                                                                SLUICE_FIELDS(SLUICE_FIELD_NAME)
#undef SLUICE_FIELD_NAME
};

constexpr bool IsPerfect(FieldMultipliers m) {
  std::array<bool, detail::kFieldSlots> taken{};
  for (size_t i = 1; i < kFieldIdCount; ++i) {
    bool& slot = taken[detail::FieldSlot(kNames[i].data(), kNames[i].size(), m)];
    if (slot) return false;
    slot = true;
  }
  return true;
}

// The first multipliers that give every name a slot of its own. The search starts at those in use:
// when a new name breaks them, the assertion below fails and its error names the ones to write
// down.
consteval FieldMultipliers FindMultipliers() {
  for (uint32_t length = detail::kFieldMultipliers.length; length < 64; ++length) {
    for (uint32_t second = detail::kFieldMultipliers.second; second < 64; ++second) {
      for (uint32_t last = detail::kFieldMultipliers.last_but_one; last < 64; ++last) {
        if (IsPerfect({length, second, last})) return {length, second, last};
      }
    }
  }
  return {0, 0, 0};
}

template <uint32_t length, uint32_t second, uint32_t last_but_one>
struct MultipliersToUse {
  static constexpr bool kAreInUse = length == detail::kFieldMultipliers.length &&
                                    second == detail::kFieldMultipliers.second &&
                                    last_but_one == detail::kFieldMultipliers.last_but_one;
  static_assert(kAreInUse, "write these numbers to kFieldMultipliers in field_lookup.h");
};
template struct MultipliersToUse<FindMultipliers().length, FindMultipliers().second,
                                 FindMultipliers().last_but_one>;

consteval std::array<uint8_t, detail::kFieldSlots> MakeSlots() {
  std::array<uint8_t, detail::kFieldSlots> slots{};
  for (size_t i = 1; i < kFieldIdCount; ++i) {
    slots[detail::FieldSlot(kNames[i].data(), kNames[i].size(), detail::kFieldMultipliers)] =
        static_cast<uint8_t>(i);
  }
  return slots;
}

consteval std::array<uint8_t, kFieldIdCount> MakeSizes() {
  std::array<uint8_t, kFieldIdCount> sizes{};
  for (size_t i = 1; i < kFieldIdCount; ++i) sizes[i] = static_cast<uint8_t>(kNames[i].size());
  return sizes;
}

consteval std::array<FieldPattern, kFieldIdCount> MakePatterns() {
  std::array<FieldPattern, kFieldIdCount> patterns{};
  for (size_t i = 0; i < kFieldIdCount; ++i) {
    for (size_t j = 0; j < detail::kLongestField; ++j) {
      const char c = j < kNames[i].size() ? kNames[i][j] : static_cast<char>(0xFF);
      const bool letter = c >= 'a' && c <= 'z';
      patterns[i].lower[j] = c;
      patterns[i].fold[j] = static_cast<char>(j >= kNames[i].size() ? 0xFF : letter ? 0x20 : 0);
    }
  }
  return patterns;
}

template <typename Word>
bool WordMatches(const char* name, const FieldPattern& pattern, size_t at) {
  Word word, lower, fold;
  std::memcpy(&word, name + at, sizeof(word));
  std::memcpy(&lower, pattern.lower + at, sizeof(lower));
  std::memcpy(&fold, pattern.fold + at, sizeof(fold));
  return (word | fold) == lower;
}

// Words overlap at the end, so that no byte beyond the name is read.
bool Matches(std::string_view name, const FieldPattern& pattern) {
  const size_t n = name.size();
  if (n >= 8) {
    for (size_t at = 0; at + 8 < n; at += 8) {
      if (!WordMatches<uint64_t>(name.data(), pattern, at)) return false;
    }
    return WordMatches<uint64_t>(name.data(), pattern, n - 8);
  }
  if (n >= 4) {
    return WordMatches<uint32_t>(name.data(), pattern, 0) &&
           WordMatches<uint32_t>(name.data(), pattern, n - 4);
  }
  return WordMatches<uint16_t>(name.data(), pattern, 0) &&
         WordMatches<uint16_t>(name.data(), pattern, n - 2);
}

}  // namespace

namespace detail {
constexpr std::array<uint8_t, kFieldSlots> kFieldOfSlot = MakeSlots();
constexpr std::array<uint8_t, kFieldIdCount> kFieldSizes = MakeSizes();
constexpr std::array<FieldPattern, kFieldIdCount> kFieldPatterns = MakePatterns();
}  // namespace detail

FieldId LookupField(std::string_view name) {
  if (name.size() < 2) return FieldId::kUnknown;
  const uint8_t id =
      detail::kFieldOfSlot[detail::FieldSlot(name.data(), name.size(), detail::kFieldMultipliers)];
  if (detail::kFieldSizes[id] != name.size() || !Matches(name, detail::kFieldPatterns[id])) {
    return FieldId::kUnknown;
  }
  return static_cast<FieldId>(id);
}

std::string_view FieldName(FieldId id) { return kNames[static_cast<size_t>(id)]; }

}  // namespace sluice::http
