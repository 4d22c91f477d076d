// What an ADS server says and hears, written shortly.
#pragma once

#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

#include "dataplane/config/resource.h"
#include "dataplane/xds/discovery_type.h"
#include "dataplane/xds/response.h"
#include "envoy/service/discovery/v3/discovery.pb.h"
#include "sluice/xds/v1/commit.pb.h"

namespace sluice::xds {

using SotwRequest = envoy::service::discovery::v3::DiscoveryRequest;
using DeltaRequest = envoy::service::discovery::v3::DeltaDiscoveryRequest;
using SotwMessage = envoy::service::discovery::v3::DiscoveryResponse;
using DeltaMessage = envoy::service::discovery::v3::DeltaDiscoveryResponse;
using NameList = std::vector<std::string>;

inline constexpr DiscoveryType kCds = DiscoveryType::kCluster;
inline constexpr DiscoveryType kEds = DiscoveryType::kEndpoint;
inline constexpr DiscoveryType kLds = DiscoveryType::kListener;
inline constexpr DiscoveryType kRds = DiscoveryType::kRoute;

// A resource of `type` named `name`. `reference`: a cluster of type EDS with that assignment, a
// listener with those routes.
google::protobuf::Any ResourceAny(DiscoveryType type, const std::string& name,
                                  const std::string& reference = "");
config::ResourceRef Decoded(DiscoveryType type, const std::string& name,
                            const std::string& version, const std::string& reference = "");

// Responses that a test fills further. `nonce` may be anything.
SotwMessage Sotw(DiscoveryType type, const std::string& version, const std::string& nonce,
                 const NameList& names);
DeltaMessage Delta(DiscoveryType type, const std::string& nonce);
// Adds one resource; "name@reference" gives it a reference.
void Add(DiscoveryType type, const std::string& name, const std::string& version,
         DeltaMessage& message);
DeltaMessage Delta(DiscoveryType type, const std::string& nonce, const std::string& version,
                   const NameList& names);

Response Decode(const SotwMessage& message);
Response Decode(const DeltaMessage& message);

template <typename Request>
Request Parse(const std::string& bytes) {
  Request request;
  if (!request.ParseFromString(bytes)) request.set_type_url("(cannot be parsed)");
  return request;
}
// In order.
template <typename Repeated>
NameList Sorted(const Repeated& names) {
  NameList list(names.begin(), names.end());
  std::sort(list.begin(), list.end());
  return list;
}
// "subscribe +a +b, unsubscribe -c, answer n1" as "+a +b -c n1"; NACK as "n1!", initial versions as
// "a=1".
std::string Short(const DeltaRequest& request);
// "v1 n1 a b", NACK "v1 n1! a b"; empty parts are "-".
std::string Short(const SotwRequest& request);

}  // namespace sluice::xds
