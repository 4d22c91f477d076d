#include "dataplane/config/compile_endpoints.h"

#include <fmt/format.h>

#include <functional>

#include "dataplane/config/compile_balancing.h"
#include "dataplane/config/compile_health.h"
#include "dataplane/config/implemented_fields.h"

namespace sluice::config {
namespace {

using envoy::config::core::v3::HealthStatus;
using envoy::config::core::v3::Address;
using envoy::config::core::v3::SocketAddress;
using envoy::config::endpoint::v3::ClusterLoadAssignment;
using envoy::config::endpoint::v3::LbEndpoint;
using envoy::config::endpoint::v3::LocalityLbEndpoints;
using upstream::EndpointSpec;

balance::Health AssignedHealth(HealthStatus status) {
  switch (status) {
    case HealthStatus::UNHEALTHY:
    case HealthStatus::DRAINING:
    case HealthStatus::TIMEOUT: return balance::Health::kUnhealthy;
    case HealthStatus::DEGRADED: return balance::Health::kDegraded;
    default: return balance::Health::kHealthy;
  }
}

// What one LbEndpoint says besides its address.
EndpointSpec CompileShared(const LbEndpoint& endpoint, const std::string& path, ErrorList& errors) {
  EndpointSpec spec;
  spec.hostname = endpoint.endpoint().hostname();
  spec.check = CompileEndpointCheck(endpoint.endpoint(), JoinPath(path, "endpoint"), errors);
  spec.health = AssignedHealth(endpoint.health_status());
  spec.draining = endpoint.health_status() == HealthStatus::DRAINING;
  if (endpoint.has_load_balancing_weight()) {
    spec.weight = endpoint.load_balancing_weight().value();
    if (spec.weight == 0) errors.Add(JoinPath(path, "load_balancing_weight"), "must be at least 1");
  }
  return spec;
}

// The address of `endpoint`, a complete socket_address or a pipe; nullptr with errors added.
const Address* AddressOf(const LbEndpoint& endpoint, const std::string& path, ErrorList& errors) {
  RefuseAllBut(endpoint, {"endpoint", "health_status", "metadata", "load_balancing_weight"}, path,
               errors);
  const std::string at = JoinPath(path, "endpoint");
  RefuseAllBut(endpoint.endpoint(), {"address", "hostname", "health_check_config"}, at, errors);
  const std::string address_path = JoinPath(at, "address");
  const Address& address = endpoint.endpoint().address();
  if (address.has_pipe()) {
    RefuseAllBut(address.pipe(), {"path"}, JoinPath(address_path, "pipe"), errors);
    return &address;
  }
  if (!address.has_socket_address()) {
    if (!endpoint.has_endpoint_name()) errors.Add(address_path, "a socket_address is required");
    return nullptr;
  }
  const SocketAddress& socket = address.socket_address();
  const std::string socket_path = JoinPath(address_path, "socket_address");
  RefuseAllBut(socket, {"protocol", "address", "port_value"}, socket_path, errors);
  if (socket.protocol() != SocketAddress::TCP) {
    errors.Add(JoinPath(socket_path, "protocol"), "only TCP");
  }
  const std::string port_path = JoinPath(socket_path, "port_value");
  if (socket.port_value() == 0 || socket.port_value() > 65535) {
    if (!socket.has_named_port()) errors.Add(port_path, "must be from 1 to 65535");
    return nullptr;
  }
  if (socket.address().empty()) {
    errors.Add(JoinPath(socket_path, "address"), "must not be empty");
    return nullptr;
  }
  return &address;
}

// `path`: of the endpoint.
using Found = std::function<void(const Address&, const std::string& path, EndpointSpec)>;

// Calls `found` for each endpoint; returns the weights of the localities.
std::vector<uint32_t> Walk(const ClusterLoadAssignment& assignment, const std::string& path,
                           ErrorList& errors, const Found& found) {
  RefuseAllBut(assignment, {"cluster_name", "endpoints", "policy"}, path, errors);
  std::vector<uint32_t> weights;
  for (int i = 0; i < assignment.endpoints_size(); ++i) {
    const LocalityLbEndpoints& locality = assignment.endpoints(i);
    const std::string at = IndexPath(JoinPath(path, "endpoints"), i);
    RefuseAllBut(locality,
                 {"locality", "lb_endpoints", "load_balancing_weight", "priority", "metadata"}, at,
                 errors);
    weights.push_back(locality.load_balancing_weight().value());
    for (int k = 0; k < locality.lb_endpoints_size(); ++k) {
      const std::string endpoint_path = IndexPath(JoinPath(at, "lb_endpoints"), k);
      const LbEndpoint& endpoint = locality.lb_endpoints(k);
      EndpointSpec spec = CompileShared(endpoint, endpoint_path, errors);
      spec.priority = locality.priority();
      spec.locality = static_cast<uint32_t>(i);
      const Address* address = AddressOf(endpoint, endpoint_path, errors);
      if (address != nullptr) found(*address, endpoint_path, std::move(spec));
    }
  }
  return weights;
}

// AF_UNSPEC with errors added.
net::Address CompileAddress(const Address& from, const std::string& path, ErrorList& errors) {
  if (from.has_pipe()) {
    auto address = net::Address::FromUnixPath(from.pipe().path());
    if (address.ok()) return *address;
    errors.Add(JoinPath(path, "pipe.path"), std::string(address.status().message()));
    return {};
  }
  const SocketAddress& socket = from.socket_address();
  auto address = net::Address::FromIp(socket.address(), static_cast<uint16_t>(socket.port_value()));
  if (address.ok()) return *address;
  errors.Add(JoinPath(path, "socket_address.address"),
             fmt::format("'{}' is not an IP address (names need type STRICT_DNS)", socket.address()));
  return {};
}

}  // namespace

upstream::EndpointSet CompileAssignment(const ClusterLoadAssignment& assignment,
                                        const std::string& path, ErrorList& errors) {
  upstream::EndpointSet set;
  set.locality_weights =
      Walk(assignment, path, errors, [&](const Address& from, const std::string& at, EndpointSpec spec) {
        spec.address = CompileAddress(from, JoinPath(at, "endpoint.address"), errors);
        if (spec.address.family() != AF_UNSPEC) set.endpoints.push_back(std::move(spec));
      });
  set.provisioning = CompileProvisioning(assignment.policy(), JoinPath(path, "policy"), errors);
  return set;
}

void CompileDnsTargets(const ClusterLoadAssignment& assignment, const std::string& path,
                       upstream::ClusterSpec& spec, ErrorList& errors) {
  spec.dns_locality_weights =
      Walk(assignment, path, errors, [&](const Address& from, const std::string& at, EndpointSpec like) {
        if (from.has_pipe()) {
          errors.Add(JoinPath(at, "endpoint.address.pipe"), "has no name to resolve (type STRICT_DNS)");
          return;
        }
        const SocketAddress& socket = from.socket_address();
        // Host of the request line if a route asks for it (xDS: auto_host_rewrite).
        if (like.hostname.empty()) like.hostname = socket.address();
        spec.dns_targets.push_back(
            {socket.address(), static_cast<uint16_t>(socket.port_value()), std::move(like)});
      });
  spec.dns_provisioning =
      CompileProvisioning(assignment.policy(), JoinPath(path, "policy"), errors);
}

}  // namespace sluice::config
