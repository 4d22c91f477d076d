// What the proxy wants of one type and what it holds: the part of a subscription that outlives
// streams and is the same in both variants of the protocol.
//
// A wanted name is held, absent (the server says so, or said nothing for too long, xds.md R56), or
// missing. Names of an Interest in everything are only those that came. Thread: config.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "dataplane/base/clock.h"

namespace sluice::xds {

using Names = std::set<std::string, std::less<>>;
using Versions = std::map<std::string, std::string, std::less<>>;

class Interest final {
 public:
  // kLegacy: everything, said by naming nothing (R37); kStar: said by "*".
  enum class Wish : uint8_t { kNames, kLegacy, kStar };

  // `wish` is not kNames. What is held stays held.
  void WantAll(Wish wish);
  // Replaces what was wanted; what is not wanted any more is not held any more either.
  void Want(Names names);
  Wish wish() const { return wish_; }
  const Names& names() const { return names_; }
  // Another number after each change of what is wanted.
  uint64_t changes() const { return changes_; }
  // Nothing is asked for.
  bool empty() const { return wish_ == Wish::kNames && names_.empty(); }
  // A resource of that name was asked for (R26).
  bool Covers(std::string_view name) const {
    return wish_ != Wish::kNames || names_.contains(name);
  }

  void Hold(const std::string& name, std::string version);
  void Drop(std::string_view name);
  // Replaces all that is held.
  void SetHeld(Versions versions);
  const Versions& held() const { return held_; }

  // ---- Names that do not come (R46, R56) ----
  // A request with all names goes out: those that are missing have until `deadline`.
  void NoteAsked(base::MonoTime deadline);
  // The stream is gone: nobody is late.
  void ForgetAsked() { asked_.clear(); }
  void NoteAbsent(std::string_view name);
  // Declares absent what is late at `now`, and returns it.
  std::vector<std::string> TakeLate(base::MonoTime now);
  // kNever if nothing is asked for and missing.
  base::MonoTime NextDeadline() const;
  bool IsMissing(std::string_view name) const;
  size_t missing() const;

  // ---- Time to live (R66) ----
  // Nothing: `name` is held for ever.
  void SetExpiry(const std::string& name, std::optional<base::MonoTime> at);
  // Held names whose time is over; they stay held until dropped.
  std::vector<std::string> Expired(base::MonoTime now) const;
  base::MonoTime NextExpiry() const;

 private:
  Wish wish_ = Wish::kNames;
  uint64_t changes_ = 0;
  Names names_;
  Versions held_;
  Names absent_;
  std::map<std::string, base::MonoTime, std::less<>> asked_;   // missing names
  std::map<std::string, base::MonoTime, std::less<>> expiry_;  // held names
};

}  // namespace sluice::xds
