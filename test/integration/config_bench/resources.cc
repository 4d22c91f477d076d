#include "test/integration/config_bench/resources.h"

#include "envoy/extensions/filters/http/router/v3/router.pb.h"
#include "envoy/extensions/filters/network/http_connection_manager/v3/http_connection_manager.pb.h"

namespace sluice::configbench {

namespace {

using envoy::config::cluster::v3::Cluster;
using envoy::config::route::v3::Route;
using envoy::extensions::filters::network::http_connection_manager::v3::HttpConnectionManager;

constexpr int kHostsPerNet = 250;

// 127.NET.0.1 and on.
std::string Address(int net, int i) {
  return "127." + std::to_string(net) + "." + std::to_string(i / kHostsPerNet) + "." +
         std::to_string(i % kHostsPerNet + 1);
}

}  // namespace

Cluster EdsCluster(const std::string& name) {
  Cluster cluster;
  cluster.set_name(name);
  cluster.set_type(Cluster::EDS);
  cluster.mutable_connect_timeout()->set_seconds(1);
  cluster.mutable_eds_cluster_config()->mutable_eds_config()->mutable_ads();
  return cluster;
}

envoy::config::listener::v3::Listener RdsListener(const std::string& routes) {
  HttpConnectionManager http;
  http.set_stat_prefix("bench");
  http.mutable_rds()->set_route_config_name(routes);
  http.mutable_rds()->mutable_config_source()->mutable_ads();
  auto& router = *http.add_http_filters();
  router.set_name("router");
  router.mutable_typed_config()->PackFrom(envoy::extensions::filters::http::router::v3::Router());
  envoy::config::listener::v3::Listener listener;
  listener.set_name("l");
  auto& address = *listener.mutable_address()->mutable_socket_address();
  address.set_address("127.0.0.1");
  address.set_port_value(0);
  auto& filter = *listener.add_filter_chains()->add_filters();
  filter.set_name("http");
  filter.mutable_typed_config()->PackFrom(http);
  return listener;
}

Assignment EndpointsOf(const std::string& cluster, int count, uint16_t port) {
  Assignment assignment;
  assignment.set_cluster_name(cluster);
  auto& locality = *assignment.add_endpoints();
  for (int i = 0; i < count; ++i) {
    auto& address = *locality.add_lb_endpoints()->mutable_endpoint()->mutable_address();
    address.mutable_socket_address()->set_address(Address(1, i));
    address.mutable_socket_address()->set_port_value(port);
  }
  return assignment;
}

void ReplaceEndpoint(Assignment& assignment, int change) {
  auto& locality = *assignment.mutable_endpoints(0);
  locality.mutable_lb_endpoints(change % locality.lb_endpoints_size())
      ->mutable_endpoint()
      ->mutable_address()
      ->mutable_socket_address()
      ->set_address(Address(2, change));
}

RouteConfiguration NoRoutes(const std::string& name) {
  RouteConfiguration configuration;
  configuration.set_name(name);
  auto& host = *configuration.add_virtual_hosts();
  host.set_name("all");
  host.add_domains("*");
  return configuration;
}

void AddRoute(RouteConfiguration& configuration, const std::string& prefix,
              const std::string& cluster, int64_t rev) {
  auto& routes = *configuration.mutable_virtual_hosts(0)->mutable_routes();
  routes.Add()->mutable_match()->set_prefix(prefix);
  ChangeRoute(configuration, routes.size() - 1, cluster, rev);
}

void ChangeRoute(RouteConfiguration& configuration, int index, const std::string& cluster,
                 int64_t rev) {
  Route& route = *configuration.mutable_virtual_hosts(0)->mutable_routes(index);
  route.mutable_route()->set_cluster(cluster);
  route.clear_response_headers_to_add();
  auto& header = *route.add_response_headers_to_add()->mutable_header();
  header.set_key("rev");
  header.set_value(std::to_string(rev));
}

std::string NumberedPath(int i) {
  return "/area" + std::to_string(i % 100) + "/item" + std::to_string(i) + "/";
}

}  // namespace sluice::configbench
