// The endpoints of a Service as a zone sees them (ClusterLoadAssignment). Pure; any thread.
//
// The zone rule: a zone with as large a share of the endpoints as of the proxies keeps all traffic
// (own share = min(1, endpoint share / proxy share)); the rest goes to where endpoints are to spare,
// so that in the end every endpoint gets the same. Zones that get no share stand behind, with
// priority 1, for the time when the others fail.
#pragma once

#include <map>
#include <optional>
#include <span>
#include <string>

#include "controlplane/compile/resource.h"
#include "envoy/config/endpoint/v3/endpoint.pb.h"
#include "sluice/v1/service.pb.h"

namespace sluice::compile {

struct ZoneView {
  std::string own_zone;                     // "": zones do not matter
  std::map<std::string, uint32_t> proxies;  // connected proxies of each zone
  // Of the assignment before. A share within 10 % of it stays as it is, so that a fleet that comes
  // and goes by one does not send every proxy new weights.
  std::optional<double> previous_own_share;
};

struct Assignment {
  ResourcePtr resource;
  double own_share = 0;  // 0 to 1; to be given back as previous_own_share
};

// Endpoints in any order, each address and port once; equal sets give equal bytes.
Assignment CompileAssignment(const std::string& service_name, const sluice::v1::Service& service,
                             std::span<const sluice::v1::Endpoint> endpoints, const ZoneView& view);

// The same as a message, without regard to zones: what stands in a cluster of type STATIC.
envoy::config::endpoint::v3::ClusterLoadAssignment FlatAssignment(
    const std::string& service_name, std::span<const sluice::v1::Endpoint> endpoints);

}  // namespace sluice::compile
