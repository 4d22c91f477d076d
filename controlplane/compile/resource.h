// One xDS resource as it is sent, and the set of them that a group of proxies gets. Values without
// behaviour; resources never change and are shared by pointer. Thread: any.
#pragma once

#include <compare>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "google/protobuf/message.h"

namespace sluice::compile {

inline constexpr std::string_view kListenerType =
    "type.googleapis.com/envoy.config.listener.v3.Listener";
inline constexpr std::string_view kRouteType =
    "type.googleapis.com/envoy.config.route.v3.RouteConfiguration";
inline constexpr std::string_view kClusterType =
    "type.googleapis.com/envoy.config.cluster.v3.Cluster";
inline constexpr std::string_view kEndpointType =
    "type.googleapis.com/envoy.config.endpoint.v3.ClusterLoadAssignment";

struct Resource {
  std::string name;        // from the object's name only, never from a revision
  std::string version;     // 32 hexadecimal digits of the SHA-256 of `bytes`
  std::string bytes;       // the serialised message, without an Any around it
  std::string_view type;   // one of the above
};
using ResourcePtr = std::shared_ptr<const Resource>;
using ResourceMap = std::map<std::string, ResourcePtr>;  // by name

ResourcePtr MakeResource(std::string_view type, std::string name, std::string bytes);
// The same from a message, with maps in the order of their keys.
ResourcePtr MakeResource(std::string_view type, std::string name,
                         const google::protobuf::Message& message);

// Whether a proxy says what every worker serves (wire.md section 1).
enum class ClientClass { kCommitting, kStandard };

// Proxies that get the same resources.
struct GroupKey {
  std::vector<std::string> gateways;  // names, sorted, each once
  std::string zone;
  ClientClass client = ClientClass::kCommitting;

  friend bool operator==(const GroupKey&, const GroupKey&) = default;
  friend std::strong_ordering operator<=>(const GroupKey&, const GroupKey&) = default;
};

// What a revision holds for a group. Endpoints are live data and not in it.
struct GroupResources {
  ResourceMap clusters;
  ResourceMap listeners;
  ResourceMap routes;
};

}  // namespace sluice::compile
