#include "controlplane/snapshot/assignments.h"

#include <fmt/format.h>

#include <algorithm>

#include "controlplane/compile/assignment.h"

namespace sluice::snapshot {

using sluice::v1::Endpoint;
using sluice::v1::Service;

WireRef Assignments::Build(const std::string& service, const std::string& zone) {
  Service spec;
  if (const auto mode = modes_.find(service); mode != modes_.end()) spec.set_zones(mode->second);
  compile::ZoneView view{.own_zone = zone, .proxies = proxies_, .previous_own_share = std::nullopt};
  const std::pair<std::string, std::string> key(service, zone);
  if (const auto share = own_shares_.find(key); share != own_shares_.end()) {
    view.previous_own_share = share->second;
  }
  const compile::Assignment made = compile::CompileAssignment(service, spec, services_[service], view);
  own_shares_[key] = made.own_share;
  return MakeWireResource(Type::kEndpoint, made.resource->name, made.resource->version, made.resource->bytes);
}

bool Assignments::Rebuild(const std::string& service) {
  bool changed = false;
  for (auto& [zone, map] : zones_) {
    WireRef made = Build(service, zone);
    WireRef& held = map[service];
    if (held != nullptr && held->version == made->version) continue;
    held = std::move(made);
    changed = true;
  }
  return changed;
}

void Assignments::Set(const std::string& service, std::vector<Endpoint> endpoints, uint64_t seq) {
  seq_ = std::max(seq_, seq);
  services_[service] = std::move(endpoints);
  Rebuild(service);
}

void Assignments::Remove(const std::string& service, uint64_t seq) {
  seq_ = std::max(seq_, seq);
  services_.erase(service);
  for (auto& [zone, map] : zones_) {
    map.erase(service);
    own_shares_.erase({service, zone});
  }
}

bool Assignments::SetZones(std::map<std::string, Service::Zones> zones) {
  if (zones == modes_) return false;
  const std::map<std::string, Service::Zones> before = std::exchange(modes_, std::move(zones));
  bool changed = false;
  for (const auto& [service, endpoints] : services_) {
    const auto old = before.find(service);
    const auto now = modes_.find(service);
    const Service::Zones was = old == before.end() ? Service::PREFER_OWN : old->second;
    const Service::Zones is = now == modes_.end() ? Service::PREFER_OWN : now->second;
    if (was == is) continue;
    changed = Rebuild(service) || changed;
  }
  return changed;
}

bool Assignments::SetProxies(const std::map<std::string, uint32_t>& per_zone) {
  if (per_zone == proxies_) return false;
  proxies_ = per_zone;
  bool changed = false;
  for (const auto& [service, endpoints] : services_) changed = Rebuild(service) || changed;
  return changed;
}

const WireMap& Assignments::of(const std::string& zone) {
  const auto [it, is_new] = zones_.try_emplace(zone);
  if (is_new) {
    for (const auto& [service, endpoints] : services_) it->second[service] = Build(service, zone);
  }
  return it->second;
}

std::string Assignments::version() const { return fmt::format("endpoints/{}:{}", epoch_, seq_); }

}  // namespace sluice::snapshot
