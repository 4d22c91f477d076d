// The types that travel on the ADS stream: the resources of config/resource.h in their order of
// sending, and behind them the Commit of a committing server, which ends a revision.
// Pure functions. Thread: any.
#pragma once

#include <array>
#include <optional>
#include <string_view>

#include "dataplane/base/check.h"
#include "dataplane/config/resource.h"

namespace sluice::xds {

enum class DiscoveryType : uint8_t { kCluster, kEndpoint, kListener, kRoute, kCommit };
inline constexpr std::array<DiscoveryType, 5> kDiscoveryTypes = {
    DiscoveryType::kCluster, DiscoveryType::kEndpoint, DiscoveryType::kListener,
    DiscoveryType::kRoute, DiscoveryType::kCommit};

// The two forms of the protocol (xds.md R5). xDS: ApiConfigSource.api_type GRPC and DELTA_GRPC.
enum class Variant : uint8_t { kSotw, kDelta };

inline constexpr std::string_view kCommitUrl = "type.googleapis.com/sluice.xds.v1.Commit";

// `type` is not kCommit.
inline config::ResourceType ResourceTypeOf(DiscoveryType type) {
  base::Check(type != DiscoveryType::kCommit, "a commit is no resource of configuration");
  return static_cast<config::ResourceType>(type);
}
inline DiscoveryType DiscoveryTypeOf(config::ResourceType type) {
  return static_cast<DiscoveryType>(type);
}

inline std::string_view TypeUrl(DiscoveryType type) {
  return type == DiscoveryType::kCommit ? kCommitUrl : config::TypeUrl(ResourceTypeOf(type));
}
// Nothing: a type that this proxy does not know.
inline std::optional<DiscoveryType> FindType(std::string_view url) {
  for (const DiscoveryType type : kDiscoveryTypes) {
    if (TypeUrl(type) == url) return type;
  }
  return std::nullopt;
}
// Part of a revision on a committing stream; the others are live.
inline bool IsRevisioned(DiscoveryType type) {
  return type != DiscoveryType::kEndpoint && type != DiscoveryType::kCommit;
}
// Of these a SotW response is the full state (R21), and no name at all asks for all (R34).
inline bool IsWildcardType(DiscoveryType type) {
  return type == DiscoveryType::kCluster || type == DiscoveryType::kListener;
}

}  // namespace sluice::xds
