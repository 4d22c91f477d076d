// xDS resources as they came: what the ADS client collects and what a Snapshot is compiled from.
//
// Values, immutable once shared. A resource is parsed once, by DecodeResource, and then travels as
// shared_ptr from the client's staging to the compiler, which shares what it made of a resource
// with later snapshots by `content`. Thread: any; DecodeResource runs on the build thread, because
// a large RouteConfiguration takes milliseconds.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "google/protobuf/message.h"

namespace sluice::config {

// The types of ADS in the order in which they are sent (xds.md R60). Endpoints are live: they are
// no part of a revision.
enum class ResourceType : uint8_t { kCluster, kEndpoint, kListener, kRoute };
inline constexpr std::array<ResourceType, 4> kResourceTypes = {
    ResourceType::kCluster, ResourceType::kEndpoint, ResourceType::kListener, ResourceType::kRoute};

// "type.googleapis.com/envoy.config.cluster.v3.Cluster"
std::string_view TypeUrl(ResourceType type);

struct Resource {
  std::string name;
  std::string version;                // delta: Resource.version; SotW: the response's version_info
  std::array<uint8_t, 32> content{};  // SHA-256 of the serialised message
  size_t size = 0;                    // of the serialised message, in bytes
  std::shared_ptr<const google::protobuf::Message> message;  // of the type's message
  // What must be asked for by name once this is staged: kCluster of type EDS: the assignment's
  // name; kListener: the RouteConfigurations its HttpConnectionManagers name in `rds`.
  std::vector<std::string> references;
};
using ResourceRef = std::shared_ptr<const Resource>;

// `bytes` must be a message of `type`. INVALID_ARGUMENT with a field path if it cannot be parsed,
// or its own name is not `name` ("" takes the message's). Contents are judged at compile time.
absl::StatusOr<ResourceRef> DecodeResource(ResourceType type, std::string_view name,
                                           std::string_view version, std::string_view bytes);

using ResourceMap = std::map<std::string, ResourceRef, std::less<>>;

// The complete revisioned configuration: one map per type, by name.
struct ResourceSet {
  ResourceMap clusters;
  ResourceMap listeners;
  ResourceMap routes;
  // `type` is not kEndpoint.
  ResourceMap& of(ResourceType type);
  const ResourceMap& of(ResourceType type) const;
};

}  // namespace sluice::config
