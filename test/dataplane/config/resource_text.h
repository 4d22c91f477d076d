// xDS resources as protobuf text, for tests of what is compiled from them.
#pragma once

#include <string>

#include "dataplane/config/compiler.h"
#include "dataplane/config/resource.h"
#include "envoy/config/endpoint/v3/endpoint.pb.h"
#include "envoy/extensions/filters/http/router/v3/router.pb.h"
#include "test/dataplane/config/listener_text.h"

namespace sluice::config {

template <typename Message>
ResourceRef ResourceOf(ResourceType type, const std::string& text,
                       const std::string& version = "1") {
  auto made = DecodeResource(type, "", version, FromText<Message>(text).SerializeAsString());
  EXPECT_TRUE(made.ok()) << made.status();
  return *made;
}

inline ResourceRef ClusterOf(const std::string& text) {
  return ResourceOf<envoy::config::cluster::v3::Cluster>(ResourceType::kCluster, text);
}
inline ResourceRef RoutesOf(const std::string& text) {
  return ResourceOf<envoy::config::route::v3::RouteConfiguration>(ResourceType::kRoute, text);
}
inline ResourceRef ListenerOf(const std::string& text) {
  return ResourceOf<envoy::config::listener::v3::Listener>(ResourceType::kListener, text);
}
inline ResourceRef AssignmentOf(const std::string& text) {
  return ResourceOf<envoy::config::endpoint::v3::ClusterLoadAssignment>(ResourceType::kEndpoint,
                                                                        text);
}

// One endpoint of 127.0.0.1 in a locality.
inline std::string EndpointText(int port) {
  return "endpoints { lb_endpoints { endpoint { address { socket_address { address: '127.0.0.1' "
         "port_value: " +
         std::to_string(port) + " } } } } } ";
}
inline std::string StaticClusterText(const std::string& name, int port = 9000) {
  return "name: '" + name + "' type: STATIC load_assignment { cluster_name: '" + name + "' " +
         EndpointText(port) + "} ";
}
inline std::string EdsClusterText(const std::string& name, const std::string& service = "") {
  return "name: '" + name +
         "' type: EDS eds_cluster_config { eds_config { ads {} } service_name: '" + service +
         "' } ";
}
inline std::string AssignmentText(const std::string& name, int port) {
  return "cluster_name: '" + name + "' " + EndpointText(port);
}
// A listener on 127.0.0.1 whose routes are RouteConfiguration `routes`.
inline std::string RdsListenerText(const std::string& name, const std::string& routes,
                                   int port = 0) {
  return "name: '" + name +
         "' address { socket_address { address: '127.0.0.1' port_value: " + std::to_string(port) +
         " } } filter_chains { filters { name: 'hcm' typed_config { "
         "[type.googleapis.com/envoy.extensions.filters.network.http_connection_manager.v3."
         "HttpConnectionManager] { stat_prefix: 'web' " +
         kRouter + " rds { route_config_name: '" + routes + "' config_source { ads {} } } } } } } ";
}
// One route of every path that answers `body`.
inline std::string AnsweringRoutes(const std::string& name, const std::string& body) {
  return "name: '" + name +
         "' virtual_hosts { name: 'all' domains: '*' routes { match { prefix: '/' } "
         "direct_response { status: 200 body { inline_string: '" +
         body + "' } } } } ";
}
inline std::string ForwardingRoutes(const std::string& name, const std::string& cluster,
                                    const std::string& more = "") {
  return "name: '" + name +
         "' virtual_hosts { name: 'all' domains: '*' routes { match { prefix: '/' } "
         "route { cluster: '" +
         cluster + "' } } } " + more;
}
inline constexpr const char* kOrigin =
    "metadata { filter_metadata { key: 'sluice.origin' value { "
    "fields { key: 'kind' value { string_value: 'Route' } } "
    "fields { key: 'name' value { string_value: 'team/%' } } "
    "fields { key: 'field_path' value { string_value: 'spec.match' } } } } } ";
// Metadata that says: from Route team/NAME.
inline std::string OriginText(const std::string& name) {
  std::string text = kOrigin;
  return text.replace(text.find('%'), 1, name);
}

inline void Put(ResourceSet& set, ResourceType type, const ResourceRef& resource) {
  set.of(type)[resource->name] = resource;
}

// ProblemText of each.
inline std::vector<std::string> ProblemLines(const Problems& problems) {
  std::vector<std::string> lines;
  for (const Problem& problem : problems) lines.push_back(ProblemText(problem));
  return lines;
}

}  // namespace sluice::config
