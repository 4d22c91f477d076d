#include "dataplane/config/compile_listeners.h"

#include <fmt/format.h>

#include "dataplane/config/implemented_fields.h"
#include "envoy/extensions/transport_sockets/raw_buffer/v3/raw_buffer.pb.h"

namespace sluice::config {

namespace {

using envoy::config::listener::v3::FilterChain;
using envoy::config::listener::v3::Listener;
using envoy::extensions::filters::network::http_connection_manager::v3::HttpConnectionManager;
using envoy::extensions::transport_sockets::raw_buffer::v3::RawBuffer;

net::Address CompileAddress(const Listener& listener, const std::string& path, ErrorList& errors) {
  const std::string at = JoinPath(path, "address");
  if (!listener.address().has_socket_address()) {
    errors.Add(at, "a socket_address is required");
    return {};
  }
  const auto& socket = listener.address().socket_address();
  const std::string socket_path = JoinPath(at, "socket_address");
  RefuseAllBut(socket, {"protocol", "address", "port_value", "ipv4_compat"}, socket_path, errors);
  if (socket.protocol() != 0) errors.Add(JoinPath(socket_path, "protocol"), "only TCP");
  if (socket.port_value() > 65535) {
    errors.Add(JoinPath(socket_path, "port_value"), "must be at most 65535");
    return {};
  }
  auto address = net::Address::FromIp(socket.address(), static_cast<uint16_t>(socket.port_value()));
  if (!address.ok()) {
    errors.Add(JoinPath(socket_path, "address"), std::string(address.status().message()));
    return {};
  }
  return *address;
}

// The one HttpConnectionManager of a chain; nullptr with errors added.
std::shared_ptr<const HttpConfig> CompileChain(const FilterChain& chain, const std::string& path,
                                               stats::HttpStatsRegistry& stats, ErrorList& errors,
                                               RouteLookup* rds) {
  RefuseAllBut(chain, {"filters", "name", "metadata", "transport_socket"}, path, errors);
  if (chain.has_transport_socket() && !chain.transport_socket().typed_config().Is<RawBuffer>()) {
    errors.Add(JoinPath(path, "transport_socket"),
               fmt::format("'{}': not implemented yet", chain.transport_socket().typed_config().type_url()));
  }
  if (chain.filters_size() != 1) {
    errors.Add(JoinPath(path, "filters"), "exactly one network filter, an HttpConnectionManager, is supported");
    return nullptr;
  }
  const std::string at = JoinPath(IndexPath(JoinPath(path, "filters"), 0), "typed_config");
  const auto& any = chain.filters(0).typed_config();
  if (!any.Is<HttpConnectionManager>()) {
    errors.Add(at, fmt::format("network filter '{}': not implemented yet", any.type_url()));
    return nullptr;
  }
  HttpConnectionManager hcm;
  if (!any.UnpackTo(&hcm)) {
    errors.Add(at, "cannot be parsed");
    return nullptr;
  }
  return CompileHttp(hcm, at, stats, errors, rds);
}

}  // namespace

std::shared_ptr<const ListenerSpec> CompileListener(const Listener& listener, const std::string& path,
                                                    stats::HttpStatsRegistry& stats,
                                                    ErrorList& errors, RouteLookup* rds) {
  const size_t before = errors.size();
  RefuseAllBut(listener,
               {"name", "address", "filter_chains", "per_connection_buffer_limit_bytes", "metadata",
                "traffic_direction", "tcp_backlog_size", "stat_prefix", "enable_reuse_port"},
               path, errors);
  auto spec = std::make_shared<ListenerSpec>();
  spec->name = listener.name();
  spec->address = CompileAddress(listener, path, errors);
  spec->ipv4_too = listener.address().socket_address().ipv4_compat();
  if (listener.has_tcp_backlog_size()) spec->backlog = listener.tcp_backlog_size().value();
  if (listener.has_per_connection_buffer_limit_bytes()) {
    spec->buffer_limit = listener.per_connection_buffer_limit_bytes().value();
    if (spec->buffer_limit == 0) {
      errors.Add(JoinPath(path, "per_connection_buffer_limit_bytes"), "must be > 0");
    }
  }
  if (listener.has_enable_reuse_port() && !listener.enable_reuse_port().value()) {
    errors.Add(JoinPath(path, "enable_reuse_port"), "false: not implemented, every worker has its own socket");
  }
  const std::string chains = JoinPath(path, "filter_chains");
  if (listener.filter_chains_size() != 1) {
    errors.Add(chains, fmt::format("exactly one filter chain is supported, there are {}",
                                   listener.filter_chains_size()));
  } else {
    spec->http = CompileChain(listener.filter_chains(0), IndexPath(chains, 0), stats, errors, rds);
  }
  if (errors.size() != before) return nullptr;
  return spec;
}

}  // namespace sluice::config
