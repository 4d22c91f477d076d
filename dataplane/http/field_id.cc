#include "dataplane/http/field_id.h"

#include <array>
#include <cstring>

namespace sluice::http {
namespace {

constexpr std::array<std::string_view, kFieldIdCount> kNames = {
    "",
#define SLUICE_FIELD_NAME(id, name) name,
    SLUICE_FIELDS(SLUICE_FIELD_NAME)
#undef SLUICE_FIELD_NAME
};

constexpr size_t kSlots = 256;
constexpr size_t kLongest = 32;  // a name is compared as at most four words

struct Multipliers {
  uint32_t length, second, last_but_one;
};

constexpr uint32_t Slot(std::string_view name, Multipliers m) {
  const uint32_t second = static_cast<uint8_t>(name[1]) | 0x20u;
  const uint32_t last_but_one = static_cast<uint8_t>(name[name.size() - 2]) | 0x20u;
  return (static_cast<uint32_t>(name.size()) * m.length + second * m.second +
          last_but_one * m.last_but_one) % kSlots;
}

constexpr bool IsPerfect(Multipliers m) {
  std::array<bool, kSlots> taken{};
  for (size_t i = 1; i < kFieldIdCount; ++i) {
    bool& slot = taken[Slot(kNames[i], m)];
    if (slot) return false;
    slot = true;
  }
  return true;
}

// The search starts at multipliers that fit today's list; a new name makes it go on from there.
consteval Multipliers FindMultipliers() {
  for (uint32_t length = 3; length < 64; ++length) {
    for (uint32_t second = 27; second < 64; ++second) {
      for (uint32_t last_but_one = 10; last_but_one < 64; ++last_but_one) {
        const Multipliers m{length, second, last_but_one};
        if (IsPerfect(m)) return m;
      }
    }
  }
  return {0, 0, 0};
}

constexpr Multipliers kMultipliers = FindMultipliers();
static_assert(kMultipliers.length != 0, "no perfect hash: hash another character");

consteval std::array<uint8_t, kSlots> MakeSlots() {
  std::array<uint8_t, kSlots> slots{};
  for (size_t i = 1; i < kFieldIdCount; ++i) slots[Slot(kNames[i], kMultipliers)] = i;
  return slots;
}
constexpr std::array<uint8_t, kSlots> kSlotToId = MakeSlots();

// A name padded with zeros, and 0x20 at its letters: ORing only these folds case and nothing else
// (ORing 0x20 everywhere would make CR equal to '-').
struct Pattern {
  alignas(8) char lower[kLongest];
  alignas(8) char fold[kLongest];
};
consteval std::array<Pattern, kFieldIdCount> MakePatterns() {
  std::array<Pattern, kFieldIdCount> patterns{};
  for (size_t i = 1; i < kFieldIdCount; ++i) {
    for (size_t j = 0; j < kNames[i].size(); ++j) {
      const char c = kNames[i][j];
      patterns[i].lower[j] = c;
      patterns[i].fold[j] = (c >= 'a' && c <= 'z') ? 0x20 : 0;
    }
  }
  return patterns;
}
constexpr std::array<Pattern, kFieldIdCount> kPatterns = MakePatterns();

template <typename Word>
bool WordMatches(const char* name, const Pattern& pattern, size_t at) {
  Word word, lower, fold;
  std::memcpy(&word, name + at, sizeof(word));
  std::memcpy(&lower, pattern.lower + at, sizeof(lower));
  std::memcpy(&fold, pattern.fold + at, sizeof(fold));
  return (word | fold) == lower;
}

// Words overlap at the end, so that no byte beyond the name is read.
bool Matches(std::string_view name, const Pattern& pattern) {
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

FieldId LookupField(std::string_view name) {
  if (name.size() < 2) return FieldId::kUnknown;
  const uint8_t id = kSlotToId[Slot(name, kMultipliers)];
  if (kNames[id].size() != name.size() || !Matches(name, kPatterns[id])) return FieldId::kUnknown;
  return static_cast<FieldId>(id);
}

std::string_view FieldName(FieldId id) { return kNames[static_cast<size_t>(id)]; }

}  // namespace sluice::http
