#include "controlplane/discovery/leases.h"

#include <algorithm>

#include "controlplane/discovery/alarm.h"

namespace sluice::discovery {

void Leases::Put(Lease lease, base::MonoTime deadline, Outcome& outcome) {
  if (const auto old = leases_.find(lease.id); old != leases_.end()) {
    Erase(old, outcome);
  }
  outcome.services.insert(lease.service);
  by_instance_[{lease.service, lease.instance}] = lease.id;
  live_due_.emplace(deadline, lease.id);
  std::string id = lease.id;
  leases_.emplace(std::move(id), Entry{std::move(lease), State::kLive, deadline});
}

const Lease* Leases::Find(const std::string& service, const std::string& instance) const {
  const auto found = by_instance_.find({service, instance});
  return found == by_instance_.end() ? nullptr : &leases_.at(found->second).lease;
}

bool Leases::Touch(const std::string& id, base::MonoTime now, Outcome& outcome) {
  const auto found = leases_.find(id);
  if (found == leases_.end()) return false;
  Entry& entry = found->second;
  // A lease that Restore made longer is not cut short by a heartbeat.
  const base::MonoTime deadline = now + entry.lease.ttl;
  SetState(entry, State::kLive,
           entry.state == State::kLive ? std::max(entry.due, deadline) : deadline, outcome);
  return true;
}

bool Leases::Remove(const std::string& id, Outcome& outcome) {
  const auto found = leases_.find(id);
  if (found == leases_.end()) return false;
  Erase(found, outcome);
  outcome.forgotten.push_back(id);
  return true;
}

void Leases::Advance(base::MonoTime now, Outcome& outcome) {
  LoseDue(now, outcome);
  JudgeLoss(now, outcome);
  ForgetDue(now, outcome);
}

void Leases::Release(base::MonoTime now, Outcome& outcome) {
  if (!holding_) return;
  holding_ = false;
  MoveAll(State::kHeld, State::kLost, now, outcome);
  // Believed: they must not count towards the next loss.
  ForgetDue(base::MonoTime::max(), outcome);
}

void Leases::SetTtl(const std::string& service, base::Duration ttl) {
  for (auto at = by_instance_.lower_bound({service, ""});
       at != by_instance_.end() && at->first.first == service; ++at) {
    leases_.at(at->second).lease.ttl = ttl;
  }
}

std::vector<Endpoint> Leases::Present(const std::string& service) const {
  std::vector<Endpoint> present;
  for (auto at = by_instance_.lower_bound({service, ""});
       at != by_instance_.end() && at->first.first == service; ++at) {
    const Entry& entry = leases_.at(at->second);
    if (entry.state != State::kLost) present.push_back(entry.lease.endpoint);
  }
  return present;
}

base::MonoTime Leases::next_due() const {
  base::MonoTime next = base::kNever;
  if (!live_due_.empty()) next = live_due_.begin()->first;
  if (!lost_due_.empty()) next = std::min(next, lost_due_.begin()->first);
  return next;
}

void Leases::SetState(Entry& entry, State state, base::MonoTime due, Outcome& outcome) {
  const std::string& id = entry.lease.id;
  live_due_.erase({entry.due, id});
  lost_due_.erase({entry.due, id});
  held_ -= entry.state == State::kHeld;
  if ((entry.state == State::kLost) != (state == State::kLost)) {
    outcome.services.insert(entry.lease.service);
  }
  entry.state = state;
  entry.due = due;
  if (state == State::kLive) live_due_.emplace(due, id);
  if (state == State::kLost) lost_due_.emplace(due, id);
  held_ += state == State::kHeld;
}

void Leases::Erase(Entries::iterator at, Outcome& outcome) {
  Entry& entry = at->second;
  outcome.services.insert(entry.lease.service);
  live_due_.erase({entry.due, at->first});
  lost_due_.erase({entry.due, at->first});
  held_ -= entry.state == State::kHeld;
  by_instance_.erase({entry.lease.service, entry.lease.instance});
  leases_.erase(at);
}

void Leases::LoseDue(base::MonoTime now, Outcome& outcome) {
  while (!live_due_.empty() && live_due_.begin()->first <= now) {
    Entry& entry = leases_.at(live_due_.begin()->second);
    const base::MonoTime lost_at = entry.due;
    if (holding_) {
      SetState(entry, State::kHeld, {}, outcome);
    } else {
      SetState(entry, State::kLost, lost_at + entry.lease.ttl, outcome);
    }
  }
}

void Leases::JudgeLoss(base::MonoTime now, Outcome& outcome) {
  const size_t all = leases_.size();
  if (!holding_ && IsSuspiciousLoss(lost_due_.size(), all)) {
    holding_ = true;
    held_lost_ = lost_due_.size();
    held_of_ = all;
    MoveAll(State::kLost, State::kHeld, now, outcome);
  } else if (holding_ && held_ * 2 <= all) {
    holding_ = false;
    MoveAll(State::kHeld, State::kLive, now, outcome);
  }
}

void Leases::ForgetDue(base::MonoTime now, Outcome& outcome) {
  while (!lost_due_.empty() && lost_due_.begin()->first <= now) {
    const std::string id = lost_due_.begin()->second;
    Erase(leases_.find(id), outcome);
    outcome.forgotten.push_back(id);
  }
}

void Leases::MoveAll(State from, State to, base::MonoTime now, Outcome& outcome) {
  for (auto& [id, entry] : leases_) {
    if (entry.state == from) SetState(entry, to, now + entry.lease.ttl, outcome);
  }
}

}  // namespace sluice::discovery
