#include "controlplane/snapshot/wire_resource.h"

#include "google/protobuf/any.pb.h"

namespace sluice::snapshot {

std::string_view TypeUrl(Type type) {
  switch (type) {
    case Type::kCluster: return "type.googleapis.com/envoy.config.cluster.v3.Cluster";
    case Type::kEndpoint: return "type.googleapis.com/envoy.config.endpoint.v3.ClusterLoadAssignment";
    case Type::kListener: return "type.googleapis.com/envoy.config.listener.v3.Listener";
    case Type::kRoute: return "type.googleapis.com/envoy.config.route.v3.RouteConfiguration";
  }
  return {};
}

std::optional<Type> TypeOfUrl(std::string_view url) {
  for (const Type type : kTypes) {
    if (TypeUrl(type) == url) return type;
  }
  return std::nullopt;
}

WireRef MakeWireResource(Type type, std::string_view name, std::string_view version,
                         std::string_view message) {
  google::protobuf::Any any;
  any.set_type_url(std::string(TypeUrl(type)));
  any.set_value(std::string(message));
  auto resource = std::make_shared<WireResource>();
  resource->name = name;
  resource->version = version;
  any.SerializeToString(&resource->any);
  return resource;
}

}  // namespace sluice::snapshot
