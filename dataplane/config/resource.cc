#include "dataplane/config/resource.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "dataplane/base/check.h"
#include "dataplane/crypto/digest.h"
#include "envoy/config/cluster/v3/cluster.pb.h"
#include "envoy/config/endpoint/v3/endpoint.pb.h"
#include "envoy/config/listener/v3/listener.pb.h"
#include "envoy/config/route/v3/route.pb.h"
#include "envoy/extensions/filters/network/http_connection_manager/v3/http_connection_manager.pb.h"

namespace sluice::config {
namespace {

using envoy::config::cluster::v3::Cluster;
using envoy::config::endpoint::v3::ClusterLoadAssignment;
using envoy::config::listener::v3::FilterChain;
using envoy::config::listener::v3::Listener;
using envoy::config::route::v3::RouteConfiguration;
using envoy::extensions::filters::network::http_connection_manager::v3::HttpConnectionManager;
using References = std::vector<std::string>;

const std::string& NameOf(const Cluster& cluster) { return cluster.name(); }
const std::string& NameOf(const ClusterLoadAssignment& assignment) {
  return assignment.cluster_name();
}
const std::string& NameOf(const Listener& listener) { return listener.name(); }
const std::string& NameOf(const RouteConfiguration& routes) { return routes.name(); }

References ReferencesOf(const Cluster& cluster) {
  if (cluster.type() != Cluster::EDS) return {};
  const std::string& service = cluster.eds_cluster_config().service_name();
  return {service.empty() ? cluster.name() : service};
}

void AddReferences(const FilterChain& chain, References& names) {
  for (const auto& filter : chain.filters()) {
    HttpConnectionManager manager;
    // What cannot be unpacked is an error of the compiler's, which has the path to it.
    if (!filter.typed_config().Is<HttpConnectionManager>() ||
        !filter.typed_config().UnpackTo(&manager) || !manager.has_rds()) {
      continue;
    }
    names.push_back(manager.rds().route_config_name());
  }
}

References ReferencesOf(const Listener& listener) {
  References names;
  for (const FilterChain& chain : listener.filter_chains()) AddReferences(chain, names);
  if (listener.has_default_filter_chain()) AddReferences(listener.default_filter_chain(), names);
  std::sort(names.begin(), names.end());
  names.erase(std::unique(names.begin(), names.end()), names.end());
  return names;
}

References ReferencesOf(const ClusterLoadAssignment&) { return {}; }
References ReferencesOf(const RouteConfiguration&) { return {}; }

absl::Status Invalid(const std::string& text) { return absl::InvalidArgumentError(text); }

template <typename Message>
absl::StatusOr<ResourceRef> Decode(std::string_view name_field, std::string_view name,
                                   std::string_view version, std::string_view bytes) {
  auto message = std::make_shared<Message>();
  if (bytes.size() > INT32_MAX ||
      !message->ParseFromArray(bytes.data(), static_cast<int>(bytes.size()))) {
    return Invalid(fmt::format("cannot be parsed as {}", message->GetTypeName()));
  }
  const std::string& own = NameOf(*message);
  if (own.empty()) return Invalid(fmt::format("{}: must not be empty", name_field));
  if (!name.empty() && name != own) {
    return Invalid(fmt::format("{}: is '{}', but it was sent as '{}'", name_field, own, name));
  }
  auto resource = std::make_shared<Resource>();
  resource->name = own;
  resource->version = version;
  resource->content = crypto::Sha256Of(bytes);
  resource->size = bytes.size();
  resource->references = ReferencesOf(*message);
  resource->message = std::move(message);
  return resource;
}

}  // namespace

std::string_view TypeUrl(ResourceType type) {
  switch (type) {
    case ResourceType::kCluster:
      return "type.googleapis.com/envoy.config.cluster.v3.Cluster";
    case ResourceType::kEndpoint:
      return "type.googleapis.com/envoy.config.endpoint.v3.ClusterLoadAssignment";
    case ResourceType::kListener:
      return "type.googleapis.com/envoy.config.listener.v3.Listener";
    case ResourceType::kRoute:
      return "type.googleapis.com/envoy.config.route.v3.RouteConfiguration";
  }
  return "";
}

absl::StatusOr<ResourceRef> DecodeResource(ResourceType type, std::string_view name,
                                           std::string_view version, std::string_view bytes) {
  switch (type) {
    case ResourceType::kCluster:
      return Decode<Cluster>("name", name, version, bytes);
    case ResourceType::kEndpoint:
      return Decode<ClusterLoadAssignment>("cluster_name", name, version, bytes);
    case ResourceType::kListener:
      return Decode<Listener>("name", name, version, bytes);
    case ResourceType::kRoute:
      return Decode<RouteConfiguration>("name", name, version, bytes);
  }
  return Invalid("not a type of resource");
}

const ResourceMap& ResourceSet::of(ResourceType type) const {
  switch (type) {
    case ResourceType::kCluster: return clusters;
    case ResourceType::kListener: return listeners;
    case ResourceType::kRoute: return routes;
    case ResourceType::kEndpoint: break;
  }
  base::Fail("endpoints are no part of a revision");
}

ResourceMap& ResourceSet::of(ResourceType type) {
  return const_cast<ResourceMap&>(std::as_const(*this).of(type));
}

}  // namespace sluice::config
