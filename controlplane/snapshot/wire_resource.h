// One xDS resource in the form in which it travels: serialised once, shared by all groups, streams
// and revisions that hold it. Immutable; any thread.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace sluice::snapshot {

// The types of ADS, in the order in which additions are sent (xDS make-before-break).
enum class Type : uint8_t { kCluster, kEndpoint, kListener, kRoute };
inline constexpr std::array<Type, 4> kTypes = {Type::kCluster, Type::kEndpoint, Type::kListener,
                                               Type::kRoute};
// Those a revision consists of; endpoints are live data.
inline constexpr std::array<Type, 3> kRevisionedTypes = {Type::kCluster, Type::kListener, Type::kRoute};

// "type.googleapis.com/envoy.config.cluster.v3.Cluster"
std::string_view TypeUrl(Type type);
// nullopt: a type we do not serve.
std::optional<Type> TypeOfUrl(std::string_view url);

struct WireResource {
  std::string name;
  std::string version;  // of the content: equal over restarts and groups
  std::string any;      // a serialised google.protobuf.Any with the resource
};
using WireRef = std::shared_ptr<const WireResource>;
using WireMap = std::map<std::string, WireRef, std::less<>>;

// `message`: the serialised resource.
WireRef MakeWireResource(Type type, std::string_view name, std::string_view version,
                         std::string_view message);

}  // namespace sluice::snapshot
