#include "controlplane/compile/cluster.h"

#include <algorithm>
#include <span>

#include "controlplane/compile/assignment.h"
#include "controlplane/compile/cluster_balancing.h"
#include "controlplane/compile/cluster_health.h"
#include "controlplane/compile/cluster_limits.h"
#include "controlplane/compile/origin.h"
#include "envoy/config/cluster/v3/cluster.pb.h"

namespace sluice::compile {
namespace {

using envoy::config::cluster::v3::Cluster;
using sluice::v1::Endpoint;
using sluice::v1::Service;

void SetDns(const sluice::v1::DnsEndpoints& dns, const std::string& name, Cluster& cluster) {
  cluster.set_type(Cluster::STRICT_DNS);
  cluster.set_dns_lookup_family(Cluster::ALL);
  Endpoint target;
  target.set_address(dns.name());
  target.set_port(dns.port());
  *cluster.mutable_load_assignment() = FlatAssignment(name, std::span(&target, 1));
}

void SetEds(Cluster& cluster) {
  cluster.set_type(Cluster::EDS);
  auto& source = *cluster.mutable_eds_cluster_config()->mutable_eds_config();
  source.mutable_ads();
  source.set_resource_api_version(envoy::config::core::v3::V3);
  cluster.mutable_common_lb_config()->mutable_locality_weighted_lb_config();
}

// What health checks name as Host: one of the backend's own names. "shop/cart" is no host.
std::string CheckHost(const sluice::v1::Object& object) {
  if (object.service().has_dns()) return object.service().dns().name();
  const std::string& name = object.name();
  const size_t slash = name.find('/');
  return name.substr(slash + 1) + "." + name.substr(0, slash);
}

}  // namespace

bool UsesEds(const Service& service) {
  if (service.has_file() || service.has_registered()) return true;
  const auto& endpoints = service.static_().endpoints();
  return std::any_of(endpoints.begin(), endpoints.end(),
                     [](const Endpoint& endpoint) { return !endpoint.zone().empty(); });
}

ResourcePtr CompileCluster(const sluice::v1::Object& object, ClientClass client) {
  const Service& service = object.service();
  Cluster cluster;
  cluster.set_name(object.name());
  if (service.has_connect_timeout()) {
    *cluster.mutable_connect_timeout() = service.connect_timeout();
  } else {
    cluster.mutable_connect_timeout()->set_seconds(1);
  }
  if (service.has_dns()) {
    SetDns(service.dns(), object.name(), cluster);
  } else if (UsesEds(service)) {
    SetEds(cluster);
  } else {
    cluster.set_type(Cluster::STATIC);
    const std::vector<Endpoint> endpoints(service.static_().endpoints().begin(),
                                          service.static_().endpoints().end());
    *cluster.mutable_load_assignment() = FlatAssignment(object.name(), endpoints);
  }
  SetBalancing(service.balancing(), cluster);
  if (service.has_health_check()) SetHealthCheck(service.health_check(), CheckHost(object), cluster);
  if (service.has_ejection()) SetEjection(service.ejection(), cluster);
  SetLimits(service.limits(), client, cluster);
  SetOrigin({model::KeyOf(object), "spec"}, *cluster.mutable_metadata());
  return MakeResource(kClusterType, object.name(), cluster);
}

}  // namespace sluice::compile
