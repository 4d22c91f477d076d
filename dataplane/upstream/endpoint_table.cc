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

}  // namespace

EndpointTable::EndpointTable(const ClusterSpec& spec, std::shared_ptr<const IndexedEndpoints> from,
                             const EndpointTable* previous)
    : source_(std::move(from)) {
  const EndpointSet& set = source_->set();
  std::vector<balance::Member> members;
  members.reserve(set.endpoints.size());
  endpoints_.reserve(set.endpoints.size());
  for (const EndpointSpec& one : set.endpoints) {
    const auto position = static_cast<uint32_t>(endpoints_.size());
    std::shared_ptr<Endpoint> endpoint;
    if (previous != nullptr) endpoint = previous->Take(one, position);
    if (endpoint == nullptr) endpoint = source_->TakeSpare(position);
    if (endpoint == nullptr) endpoint = std::make_shared<Endpoint>(one.address, one.hostname);
    const bool is_new = previous == nullptr || !previous->Contains(*endpoint, position);
    // Set before anybody can pick it: it serves once its first check has passed, or in panic.
    if (is_new && spec.check && !one.check.disabled) {
      endpoint->SetReasons(kActiveReasons, kFailedActive | kPendingActive);
    }
    endpoint->SetReasons(kEdsReasons, AssignedReasons(one));
    endpoint->set_listed(true);
    members.push_back({&endpoint->health(), one.weight, one.priority, one.locality});
    endpoints_.push_back(std::move(endpoint));
  }
  const std::span<const uint32_t> localities =
      spec.locality_weighted ? std::span<const uint32_t>(set.locality_weights)
                             : std::span<const uint32_t>();
  picks_ = std::make_unique<balance::PickTable>(spec.policy, members, localities);
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
  const uint32_t position = picks_->Pick(state, hash);
  return position == balance::kNobody ? nullptr : &endpoints_[position];
}

bool EndpointTable::Contains(const Endpoint& endpoint, uint32_t likely) const {
  if (likely < endpoints_.size() && endpoints_[likely].get() == &endpoint) return true;
  const uint32_t found = source_->Find(endpoint.address());
  return found != IndexedEndpoints::kNowhere && endpoints_[found].get() == &endpoint;
}

}  // namespace sluice::upstream
