#include "controlplane/compile/assignment.h"

#include <algorithm>
#include <cmath>
#include <tuple>
#include <vector>

namespace sluice::compile {
namespace {

using envoy::config::endpoint::v3::ClusterLoadAssignment;
using sluice::v1::Endpoint;
using sluice::v1::Service;

constexpr double kHysteresis = 0.1;
constexpr double kWeightScale = 10'000;

struct Zone {
  std::vector<const Endpoint*> endpoints;
  double capacity = 0;  // sum of endpoint weights
  double share = 0;     // of the traffic of this view's proxies
  uint32_t priority = 0;
};
using Zones = std::map<std::string, Zone>;

uint32_t WeightOf(const Endpoint& endpoint) { return std::max(endpoint.weight(), 1u); }

Zones ByZone(std::span<const Endpoint> endpoints, bool flat) {
  Zones zones;
  for (const Endpoint& endpoint : endpoints) {
    Zone& zone = zones[flat ? std::string() : endpoint.zone()];
    zone.endpoints.push_back(&endpoint);
    zone.capacity += WeightOf(endpoint);
  }
  for (auto& [name, zone] : zones) {
    std::sort(zone.endpoints.begin(), zone.endpoints.end(), [](const Endpoint* a, const Endpoint* b) {
      return std::tuple(a->address(), a->port()) < std::tuple(b->address(), b->port());
    });
  }
  return zones;
}

double TotalCapacity(const Zones& zones) {
  double total = 0;
  for (const auto& [name, zone] : zones) total += zone.capacity;
  return total;
}

void ShareByCapacity(Zones& zones) {
  for (auto& [name, zone] : zones) zone.share = zone.capacity;
}

double ProxyShare(const ZoneView& view, const std::string& zone) {
  double total = 0;
  for (const auto& [name, proxies] : view.proxies) total += proxies;
  const auto found = view.proxies.find(zone);
  return total == 0 || found == view.proxies.end() ? 0 : found->second / total;
}

double OwnShare(const Zones& zones, const ZoneView& view) {
  const auto own = zones.find(view.own_zone);
  if (own == zones.end()) return 0;
  const double proxies = ProxyShare(view, view.own_zone);
  const double endpoints = own->second.capacity / TotalCapacity(zones);
  const double share = proxies == 0 ? 1 : std::min(1.0, endpoints / proxies);
  const auto& before = view.previous_own_share;
  return before && std::abs(share - *before) <= kHysteresis * *before ? *before : share;
}

// The own zone gets `own`; the others share the rest by what they have beyond their own need.
void PreferOwn(Zones& zones, const ZoneView& view, double own) {
  const double total = TotalCapacity(zones);
  double spare = 0, others = 0;
  for (auto& [name, zone] : zones) {
    if (name == view.own_zone) continue;
    zone.share = std::max(0.0, zone.capacity / total - ProxyShare(view, name));
    spare += zone.share;
    others += zone.capacity;
  }
  for (auto& [name, zone] : zones) {
    if (name == view.own_zone) {
      zone.share = own;
    } else {
      zone.share = (1 - own) * (spare > 0 ? zone.share / spare : zone.capacity / others);
    }
    zone.priority = zone.share > 0 ? 0 : 1;
    if (zone.priority == 1) zone.share = zone.capacity / total;
  }
}

void Strict(Zones& zones, const ZoneView& view) {
  ShareByCapacity(zones);
  if (zones.count(view.own_zone) == 0) return;
  for (auto& [name, zone] : zones) zone.priority = name == view.own_zone ? 0 : 1;
}

void AddEndpoint(const Endpoint& endpoint, envoy::config::endpoint::v3::LocalityLbEndpoints& out) {
  auto& added = *out.add_lb_endpoints();
  auto& socket = *added.mutable_endpoint()->mutable_address()->mutable_socket_address();
  socket.set_address(endpoint.address());
  socket.set_port_value(endpoint.port());
  if (WeightOf(endpoint) != 1) added.mutable_load_balancing_weight()->set_value(WeightOf(endpoint));
}

// Weights of each priority are scaled on their own; none becomes 0, which would mean "never".
ClusterLoadAssignment Write(const std::string& name, const Zones& zones) {
  ClusterLoadAssignment out;
  out.set_cluster_name(name);
  for (uint32_t priority = 0; priority < 2; ++priority) {
    double sum = 0;
    for (const auto& [zone_name, zone] : zones) sum += zone.priority == priority ? zone.share : 0;
    for (const auto& [zone_name, zone] : zones) {
      if (zone.priority != priority) continue;
      auto& locality = *out.add_endpoints();
      locality.mutable_locality()->set_zone(zone_name);
      locality.set_priority(priority);
      const auto weight = static_cast<uint32_t>(std::lround(zone.share / sum * kWeightScale));
      locality.mutable_load_balancing_weight()->set_value(std::max(weight, 1u));
      for (const Endpoint* endpoint : zone.endpoints) AddEndpoint(*endpoint, locality);
    }
  }
  return out;
}

}  // namespace

ClusterLoadAssignment FlatAssignment(const std::string& service_name,
                                     std::span<const Endpoint> endpoints) {
  Zones zones = ByZone(endpoints, true);
  ShareByCapacity(zones);
  return Write(service_name, zones);
}

Assignment CompileAssignment(const std::string& service_name, const Service& service,
                             std::span<const Endpoint> endpoints, const ZoneView& view) {
  const bool flat = service.zones() == Service::IGNORE || view.own_zone.empty();
  Assignment result;
  Zones zones = ByZone(endpoints, flat);
  if (flat) {
    ShareByCapacity(zones);
  } else if (service.zones() == Service::STRICT) {
    Strict(zones, view);
    result.own_share = zones.count(view.own_zone) == 0 ? 0 : 1;
  } else {
    result.own_share = OwnShare(zones, view);
    PreferOwn(zones, view, result.own_share);
  }
  result.resource = MakeResource(kEndpointType, service_name, Write(service_name, zones));
  return result;
}

}  // namespace sluice::compile
