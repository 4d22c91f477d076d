#include "dataplane/xds/interest.h"

#include <algorithm>
#include <utility>

namespace sluice::xds {
namespace {

using Times = std::map<std::string, base::MonoTime, std::less<>>;

template <typename Container>
void EraseName(std::string_view name, Container& from) {
  const auto it = from.find(name);
  if (it != from.end()) from.erase(it);
}

base::MonoTime Earliest(const Times& times) {
  base::MonoTime earliest = base::kNever;
  for (const auto& [name, time] : times) earliest = std::min(earliest, time);
  return earliest;
}

}  // namespace

void Interest::WantAll(Wish wish) {
  if (wish_ == wish) return;
  wish_ = wish;
  ++changes_;
  names_.clear();
  absent_.clear();
  asked_.clear();
}

void Interest::Want(Names names) {
  if (wish_ == Wish::kNames && names == names_) return;
  wish_ = Wish::kNames;
  ++changes_;
  names_ = std::move(names);
  const auto unwanted = [&](const auto& entry) { return !names_.contains(entry.first); };
  std::erase_if(held_, unwanted);
  std::erase_if(expiry_, unwanted);
  std::erase_if(asked_, unwanted);
  std::erase_if(absent_, [&](const std::string& name) { return !names_.contains(name); });
}

void Interest::Hold(const std::string& name, std::string version) {
  held_[name] = std::move(version);
  EraseName(name, asked_);
  EraseName(name, absent_);
}

void Interest::Drop(std::string_view name) {
  EraseName(name, held_);
  EraseName(name, expiry_);
}

void Interest::SetHeld(Versions versions) {
  held_ = std::move(versions);
  expiry_.clear();
  absent_.clear();
  asked_.clear();
}

bool Interest::IsMissing(std::string_view name) const {
  return names_.contains(name) && !held_.contains(name) && !absent_.contains(name);
}

size_t Interest::missing() const {
  return static_cast<size_t>(std::count_if(
      names_.begin(), names_.end(), [&](const std::string& name) { return IsMissing(name); }));
}

void Interest::NoteAsked(base::MonoTime deadline) {
  for (const std::string& name : names_) {
    if (IsMissing(name)) asked_.emplace(name, deadline);
  }
}

void Interest::NoteAbsent(std::string_view name) {
  EraseName(name, asked_);
  if (names_.contains(name)) absent_.emplace(name);
}

std::vector<std::string> Interest::TakeLate(base::MonoTime now) {
  std::vector<std::string> late;
  for (const auto& [name, deadline] : asked_) {
    if (deadline <= now) late.push_back(name);
  }
  for (const std::string& name : late) NoteAbsent(name);
  return late;
}

base::MonoTime Interest::NextDeadline() const { return Earliest(asked_); }

void Interest::SetExpiry(const std::string& name, std::optional<base::MonoTime> at) {
  if (at.has_value()) {
    expiry_[name] = *at;
  } else {
    EraseName(name, expiry_);
  }
}

std::vector<std::string> Interest::Expired(base::MonoTime now) const {
  std::vector<std::string> names;
  for (const auto& [name, at] : expiry_) {
    if (at <= now) names.push_back(name);
  }
  return names;
}

base::MonoTime Interest::NextExpiry() const { return Earliest(expiry_); }

}  // namespace sluice::xds
