#include "dataplane/main/route_waits.h"

#include <algorithm>
#include <utility>

namespace sluice::main {

void RouteWaits::Follow(const std::vector<std::string>& missing) {
  const auto before = std::exchange(ends_, {});
  const base::MonoTime end = limit_ == base::Duration::zero() ? base::kNever : loop_.now() + limit_;
  for (const std::string& name : missing) {
    const auto known = before.find(name);
    ends_[name] = known == before.end() ? end : known->second;
  }
  Arm();
}

void RouteWaits::Arm() {
  base::MonoTime next = base::kNever;
  for (const auto& [name, end] : ends_) next = std::min(next, end);
  timer_.ArmAt(next);
}

void RouteWaits::OnTimer(event::Timer&) {
  const size_t before = given_up_.size();
  std::erase_if(ends_, [this](const auto& wait) {
    if (wait.second > loop_.now()) return false;
    given_up_.insert(wait.first);
    return true;
  });
  Arm();
  if (given_up_.size() != before) on_over_();
}

}  // namespace sluice::main
