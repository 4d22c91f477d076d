#include "test/dataplane/xds/messages.h"

#include <algorithm>
#include <map>

#include "envoy/config/cluster/v3/cluster.pb.h"
#include "envoy/config/endpoint/v3/endpoint.pb.h"
#include "envoy/config/listener/v3/listener.pb.h"
#include "envoy/config/route/v3/route.pb.h"
#include "envoy/extensions/filters/network/http_connection_manager/v3/http_connection_manager.pb.h"

namespace sluice::xds {
namespace {

using envoy::config::cluster::v3::Cluster;
using envoy::config::listener::v3::Listener;
using envoy::extensions::filters::network::http_connection_manager::v3::HttpConnectionManager;

template <typename Message>
google::protobuf::Any Packed(const Message& message) {
  google::protobuf::Any any;
  any.PackFrom(message);
  return any;
}

google::protobuf::Any ClusterAny(const std::string& name, const std::string& reference) {
  Cluster cluster;
  cluster.set_name(name);
  if (!reference.empty()) {
    cluster.set_type(Cluster::EDS);
    cluster.mutable_eds_cluster_config()->set_service_name(reference);
  }
  return Packed(cluster);
}

google::protobuf::Any ListenerAny(const std::string& name, const std::string& reference) {
  Listener listener;
  listener.set_name(name);
  if (!reference.empty()) {
    HttpConnectionManager manager;
    manager.mutable_rds()->set_route_config_name(reference);
    listener.add_filter_chains()->add_filters()->mutable_typed_config()->PackFrom(manager);
  }
  return Packed(listener);
}

std::string Joined(const NameList& parts) {
  std::string text;
  for (const std::string& part : parts) text += (text.empty() ? "" : " ") + part;
  return text;
}

std::string OrDash(const std::string& text) { return text.empty() ? "-" : text; }

}  // namespace

google::protobuf::Any ResourceAny(DiscoveryType type, const std::string& name,
                                  const std::string& reference) {
  if (type == kCds) return ClusterAny(name, reference);
  if (type == kLds) return ListenerAny(name, reference);
  if (type == kEds) {
    envoy::config::endpoint::v3::ClusterLoadAssignment assignment;
    assignment.set_cluster_name(name);
    return Packed(assignment);
  }
  envoy::config::route::v3::RouteConfiguration routes;
  routes.set_name(name);
  return Packed(routes);
}

config::ResourceRef Decoded(DiscoveryType type, const std::string& name,
                            const std::string& version, const std::string& reference) {
  return *config::DecodeResource(ResourceTypeOf(type), name, version,
                                 ResourceAny(type, name, reference).value());
}

SotwMessage Sotw(DiscoveryType type, const std::string& version, const std::string& nonce,
                 const NameList& names) {
  SotwMessage message;
  message.set_type_url(std::string(TypeUrl(type)));
  message.set_version_info(version);
  message.set_nonce(nonce);
  for (const std::string& name : names) {
    const size_t at = name.find('@');
    *message.add_resources() = ResourceAny(
        type, name.substr(0, at), at == std::string::npos ? "" : name.substr(at + 1));
  }
  return message;
}

DeltaMessage Delta(DiscoveryType type, const std::string& nonce) {
  DeltaMessage message;
  message.set_type_url(std::string(TypeUrl(type)));
  message.set_nonce(nonce);
  return message;
}

void Add(DiscoveryType type, const std::string& name, const std::string& version,
         DeltaMessage& message) {
  const size_t at = name.find('@');
  auto* resource = message.add_resources();
  resource->set_name(name.substr(0, at));
  resource->set_version(version);
  *resource->mutable_resource() = ResourceAny(
      type, name.substr(0, at), at == std::string::npos ? "" : name.substr(at + 1));
}

DeltaMessage Delta(DiscoveryType type, const std::string& nonce, const std::string& version,
                   const NameList& names) {
  DeltaMessage message = Delta(type, nonce);
  for (const std::string& name : names) Add(type, name, version, message);
  return message;
}

Response Decode(const SotwMessage& message) {
  return *DecodeResponse(Variant::kSotw, message.SerializeAsString());
}
Response Decode(const DeltaMessage& message) {
  return *DecodeResponse(Variant::kDelta, message.SerializeAsString());
}

std::string Short(const DeltaRequest& request) {
  NameList parts;
  for (const auto& name : Sorted(request.resource_names_subscribe())) parts.push_back("+" + name);
  for (const auto& name : Sorted(request.resource_names_unsubscribe())) parts.push_back("-" + name);
  const std::map<std::string, std::string> versions(request.initial_resource_versions().begin(),
                                                    request.initial_resource_versions().end());
  for (const auto& [name, version] : versions) parts.push_back(name + "=" + version);
  if (!request.response_nonce().empty()) {
    parts.push_back(request.response_nonce() + (request.has_error_detail() ? "!" : ""));
  }
  return Joined(parts);
}

std::string Short(const SotwRequest& request) {
  NameList parts = {OrDash(request.version_info()),
                    OrDash(request.response_nonce()) + (request.has_error_detail() ? "!" : "")};
  for (const std::string& name : Sorted(request.resource_names())) parts.push_back(name);
  return Joined(parts);
}

}  // namespace sluice::xds
