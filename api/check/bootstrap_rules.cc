#include <fmt/format.h>

#include <string>
#include <string_view>

#include "absl/container/flat_hash_map.h"
#include "api/check/cross_rules.h"

namespace sluice::api {
namespace {

using envoy::config::bootstrap::v3::Bootstrap;
using envoy::config::cluster::v3::Cluster;
using envoy::config::core::v3::Address;
using envoy::config::core::v3::ApiConfigSource;
using envoy::config::core::v3::ConfigSource;

// "address:port" of a socket that no second listener can have; "" for port 0, where each gets a
// port of its own.
std::string SocketOf(const Address& address) {
  if (address.has_pipe()) return "unix:" + address.pipe().path();
  if (address.socket_address().port_value() == 0) return "";
  return fmt::format("{}:{}", address.socket_address().address(),
                     address.socket_address().port_value());
}

void CheckListeners(const Bootstrap::StaticResources& resources, const FieldPath& path,
                    ErrorList& errors) {
  absl::flat_hash_map<std::string, int> names, sockets;
  for (int i = 0; i < resources.listeners_size(); ++i) {
    const auto& listener = resources.listeners(i);
    const FieldPath at = path.Field("listeners", i);
    if (!listener.name().empty()) {
      const auto [other, fresh] = names.insert({listener.name(), i});
      if (!fresh) {
        errors.Add(
            at.Field("name").ToString(),
            fmt::format("\"{}\" is the name of listeners[{}] too", listener.name(), other->second));
      }
    }
    const std::string socket = SocketOf(listener.address());
    if (!listener.has_address() || socket.empty()) continue;
    const auto [other, fresh] = sockets.insert({socket, i});
    if (!fresh) {
      errors.Add(at.Field("address").ToString(),
                 fmt::format("{} is the address of listeners[{}] too", socket, other->second));
    }
  }
}

using ClustersByName = absl::flat_hash_map<std::string, const Cluster*>;

ClustersByName CheckClusterNames(const Bootstrap::StaticResources& resources, const FieldPath& path,
                                 ErrorList& errors) {
  ClustersByName clusters;
  for (int i = 0; i < resources.clusters_size(); ++i) {
    const Cluster& cluster = resources.clusters(i);
    if (clusters.insert({cluster.name(), &cluster}).second || cluster.name().empty()) continue;
    const FieldPath at = path.Field("clusters", i);
    errors.Add(at.Field("name").ToString(),
               fmt::format("\"{}\" is the name of a cluster before it too", cluster.name()));
  }
  return clusters;
}

// The servers of a source have to be known before anything else can be fetched.
void CheckServers(const ApiConfigSource& source, const ClustersByName& clusters,
                  const FieldPath& path, ErrorList& errors) {
  for (int i = 0; i < source.grpc_services_size(); ++i) {
    if (!source.grpc_services(i).has_envoy_grpc()) continue;
    const std::string& name = source.grpc_services(i).envoy_grpc().cluster_name();
    const FieldPath service = path.Field("grpc_services", i);
    const auto it = clusters.find(name);
    if (name.empty()) continue;
    if (it == clusters.end()) {
      errors.Add(service.Field("envoy_grpc.cluster_name").ToString(),
                 fmt::format("there is no cluster \"{}\" in static_resources", name));
    } else if (it->second->type() == Cluster::EDS) {
      errors.Add(service.Field("envoy_grpc.cluster_name").ToString(),
                 fmt::format("the cluster \"{}\" needs such a server itself (type EDS)", name));
    }
  }
}

void CheckSource(const ConfigSource& source, const Bootstrap& bootstrap,
                 const ClustersByName& clusters, const FieldPath& path, ErrorList& errors) {
  if (source.has_ads() && !bootstrap.dynamic_resources().has_ads_config()) {
    errors.Add(path.Field("ads").ToString(), "needs dynamic_resources.ads_config");
  }
  const FieldPath at = path.Field("api_config_source");
  CheckServers(source.api_config_source(), clusters, at, errors);
}

}  // namespace

void CrossCheck(const Bootstrap& bootstrap, const FieldPath& path, ErrorList& errors) {
  const FieldPath resources = path.Field("static_resources");
  CheckListeners(bootstrap.static_resources(), resources, errors);
  const ClustersByName clusters =
      CheckClusterNames(bootstrap.static_resources(), resources, errors);

  const std::string& local = bootstrap.cluster_manager().local_cluster_name();
  if (!local.empty() && !clusters.contains(local)) {
    errors.Add(path.Field("cluster_manager.local_cluster_name").ToString(),
               fmt::format("there is no cluster \"{}\" in static_resources", local));
  }
  const auto& dynamic = bootstrap.dynamic_resources();
  const FieldPath lds = path.Field("dynamic_resources.lds_config");
  const FieldPath cds = path.Field("dynamic_resources.cds_config");
  const FieldPath ads = path.Field("dynamic_resources.ads_config");
  CheckSource(dynamic.lds_config(), bootstrap, clusters, lds, errors);
  CheckSource(dynamic.cds_config(), bootstrap, clusters, cds, errors);
  CheckServers(dynamic.ads_config(), clusters, ads, errors);
  for (int i = 0; i < bootstrap.static_resources().clusters_size(); ++i) {
    const Cluster& cluster = bootstrap.static_resources().clusters(i);
    const FieldPath at = resources.Field("clusters", i);
    const FieldPath eds = at.Field("eds_cluster_config.eds_config");
    CheckSource(cluster.eds_cluster_config().eds_config(), bootstrap, clusters, eds, errors);
  }
}

void CrossCheck(const ApiConfigSource& source, const FieldPath& path, ErrorList& errors) {
  switch (source.api_type()) {
    case ApiConfigSource::GRPC:
    case ApiConfigSource::DELTA_GRPC:
      if (source.grpc_services().empty()) {
        errors.Add(path.Field("grpc_services").ToString(), "must not be empty");
      }
      break;
    case ApiConfigSource::DEPRECATED_AND_UNAVAILABLE_DO_NOT_USE:
      errors.Add(path.Field("api_type").ToString(), "is required");
      break;
    default:
      break;
  }
}

}  // namespace sluice::api
