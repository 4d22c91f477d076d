// From which object a part of a resource was made: it travels in the resource's own metadata, so
// that a proxy's refusal leads back to the object and its field without guessing. Pure; any thread.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "controlplane/compile/resource.h"
#include "controlplane/model/object_key.h"
#include "envoy/config/core/v3/base.pb.h"

namespace sluice::compile {

inline constexpr std::string_view kOriginMetadata = "sluice.origin";

struct Origin {
  model::ObjectKey object;
  std::string field_path;  // inside the object, such as "spec.match"
  friend bool operator==(const Origin&, const Origin&) = default;
};

// Writes filter_metadata["sluice.origin"] {kind, name, field_path}.
void SetOrigin(const Origin& origin, envoy::config::core::v3::Metadata& metadata);

// What `field_path` of `resource` was made from, by the nearest metadata around it: a path such as
// "virtual_hosts[0].routes[3].match.safe_regex". The field is the more exact the more of the path is
// known here; at worst it is "spec". nullopt if nothing on the way has an origin. Parses the
// resource, so it is for refusals only.
std::optional<Origin> OriginOf(const Resource& resource, std::string_view field_path);

}  // namespace sluice::compile
