#include "controlplane/compile/listener.h"

#include <fmt/format.h>

#include "controlplane/compile/origin.h"
#include "envoy/config/listener/v3/listener.pb.h"
#include "envoy/extensions/filters/http/router/v3/router.pb.h"
#include "envoy/extensions/filters/network/http_connection_manager/v3/http_connection_manager.pb.h"

namespace sluice::compile {
namespace {

using envoy::config::core::v3::HttpProtocolOptions;
using envoy::config::listener::v3::Listener;
using envoy::extensions::filters::http::router::v3::Router;
using envoy::extensions::filters::network::http_connection_manager::v3::HttpConnectionManager;

constexpr uint32_t kBufferBytes = 32 * 1024;
constexpr int64_t kHeadersTimeoutSeconds = 10;  // a client that sends its head byte by byte

HttpConnectionManager Manager(const std::string& name, const sluice::v1::Gateway& gateway,
                              uint32_t port) {
  HttpConnectionManager manager;
  manager.set_codec_type(HttpConnectionManager::AUTO);
  manager.set_stat_prefix(fmt::format("port_{}", port));
  manager.mutable_rds()->set_route_config_name(name);
  auto& source = *manager.mutable_rds()->mutable_config_source();
  source.mutable_ads();
  source.set_resource_api_version(envoy::config::core::v3::V3);
  manager.set_server_name("sluice");
  manager.mutable_use_remote_address()->set_value(true);
  manager.set_xff_num_trusted_hops(gateway.trusted_hops());
  manager.mutable_generate_request_id()->set_value(true);
  manager.mutable_normalize_path()->set_value(true);
  manager.set_merge_slashes(true);
  manager.set_path_with_escaped_slashes_action(HttpConnectionManager::REJECT_REQUEST);
  manager.set_strip_trailing_host_dot(true);
  manager.mutable_request_headers_timeout()->set_seconds(kHeadersTimeoutSeconds);
  manager.mutable_common_http_protocol_options()->set_headers_with_underscores_action(
      HttpProtocolOptions::REJECT_REQUEST);
  auto& router = *manager.add_http_filters();
  router.set_name("envoy.filters.http.router");
  router.mutable_typed_config()->PackFrom(Router());
  return manager;
}

}  // namespace

ResourcePtr CompileListener(const std::string& name, const std::vector<ListenerOwner>& owners) {
  const ListenerOwner& first = owners.front();
  const auto& written = first.gateway->gateway().listeners(first.index);
  Listener listener;
  listener.set_name(name);
  auto& socket = *listener.mutable_address()->mutable_socket_address();
  socket.set_address(written.address().empty() ? "0.0.0.0" : written.address());
  socket.set_port_value(written.port());
  listener.mutable_per_connection_buffer_limit_bytes()->set_value(kBufferBytes);
  auto& filter = *listener.add_filter_chains()->add_filters();
  filter.set_name("envoy.filters.network.http_connection_manager");
  filter.mutable_typed_config()->PackFrom(
      Manager(name, first.gateway->gateway(), written.port()));
  SetOrigin({model::KeyOf(*first.gateway), fmt::format("spec.listeners[{}]", first.index)},
            *listener.mutable_metadata());
  return MakeResource(kListenerType, name, listener);
}

}  // namespace sluice::compile
