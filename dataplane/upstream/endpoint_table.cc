#include "dataplane/upstream/endpoint_table.h"

namespace sluice::upstream {
namespace {

HealthReasons AssignedReasons(const EndpointSpec& spec) {
  switch (spec.health) {
    case balance::Health::kHealthy: return 0;
    case balance::Health::kDegraded: return kDegradedEds;
    case balance::Health::kUnhealthy: break;
  }
  return spec.draining ? kFailedEds | kDrainingEds : kFailedEds;
}

constexpr auto kRelaxed = std::memory_order_relaxed;

// Returns what it was. A slow start begins when an endpoint becomes healthy.
balance::Health ChangeHealth(balance::EndpointState& state, balance::Health health,
                             base::MonoTime now) {
  const balance::Health before = state.health.load(kRelaxed);
  if (before == health) return before;
  if (health == balance::Health::kHealthy) state.healthy_since.store(now, kRelaxed);
  state.health.store(health, kRelaxed);
  return before;
}

}  // namespace

EndpointTable::EndpointTable(const ClusterSpec& spec, std::shared_ptr<const IndexedEndpoints> from,
                             const EndpointTable* previous, base::MonoTime now)
    : source_(std::move(from)) {
  const EndpointSet& set = source_->set();
  endpoints_.reserve(set.endpoints.size());
  states_.reserve(set.endpoints.size());
  for (const EndpointSpec& one : set.endpoints) {
    const auto position = static_cast<uint32_t>(endpoints_.size());
    std::shared_ptr<Endpoint> endpoint;
    if (previous != nullptr) endpoint = previous->Take(one, position);
    const bool known = endpoint != nullptr;
    if (!known) endpoint = source_->TakeSpare(position);
    if (endpoint == nullptr) endpoint = std::make_shared<Endpoint>(one.address, one.hostname);
    const bool is_new = previous == nullptr || !previous->Contains(*endpoint, position);
    // Set before anybody can pick it: it serves once its first check has passed, or in panic.
    if (is_new && spec.check && !one.check.disabled) {
      endpoint->SetReasons(kActiveReasons, kFailedActive | kPendingActive);
    }
    ChangeHealth(endpoint->state(), endpoint->SetReasons(kEdsReasons, AssignedReasons(one)), now);
    // Beside nobody older there is nobody to take the load meanwhile.
    if (!known && previous != nullptr) endpoint->state().healthy_since.store(now, kRelaxed);
    endpoint->set_listed(true);
    states_.push_back(&endpoint->state());
    endpoints_.push_back(std::move(endpoint));
  }
  picks_ = source_->picks();
  if (picks_ == nullptr || picks_->balancing() != spec.balancing) {
    picks_ = Arrange(set, spec.balancing);
  }
  levels_ = picks_->MakeLevelChoice(set.provisioning, states_);
}

bool EndpointTable::SetHealth(const Endpoint& endpoint, balance::Health health, base::MonoTime now,
                              uint32_t likely) const {
  const uint32_t position = PositionOf(endpoint, likely);
  if (position == IndexedEndpoints::kNowhere) return false;
  const balance::Health before = ChangeHealth(endpoints_[position]->state(), health, now);
  levels_->Move(position, before, health);
  return true;
}

std::shared_ptr<Endpoint> EndpointTable::Take(const EndpointSpec& spec, uint32_t likely) const {
  // Most updates leave most endpoints where they were, which saves a look at a large map.
  if (likely < endpoints_.size() && endpoints_[likely]->address() == spec.address &&
      endpoints_[likely]->hostname() == spec.hostname) {
    return endpoints_[likely];
  }
  const uint32_t found = source_->Find(spec.address);
  if (found == IndexedEndpoints::kNowhere) return nullptr;
  const std::shared_ptr<Endpoint>& endpoint = endpoints_[found];
  // Names are constant in an Endpoint, because workers read them without asking.
  return endpoint->hostname() == spec.hostname ? endpoint : nullptr;
}

const std::shared_ptr<Endpoint>* EndpointTable::Pick(balance::PickState& state,
                                                     uint64_t hash) const {
  if (levels_ == nullptr) return nullptr;
  const uint32_t position = picks_->Pick(state, hash, {states_, *levels_});
  return position == balance::kNobody ? nullptr : &endpoints_[position];
}

uint32_t EndpointTable::PositionOf(const Endpoint& endpoint, uint32_t likely) const {
  if (likely < endpoints_.size() && endpoints_[likely].get() == &endpoint) return likely;
  const uint32_t found = source_->Find(endpoint.address());
  if (found == IndexedEndpoints::kNowhere || endpoints_[found].get() != &endpoint) {
    return IndexedEndpoints::kNowhere;
  }
  return found;
}

bool EndpointTable::Contains(const Endpoint& endpoint, uint32_t likely) const {
  return PositionOf(endpoint, likely) != IndexedEndpoints::kNowhere;
}

}  // namespace sluice::upstream
