// Who wrote a part of a resource: the object of the control plane that it was compiled from.
//
// The control plane puts it into the metadata of what it compiles (wire.md section 1), as
// filter_metadata["sluice.origin"] with the text fields kind, name and field_path, so that a
// proxy's refusal reaches the author without guessing. Pure; any thread.
#pragma once

#include <optional>
#include <string_view>

#include "google/protobuf/message.h"
#include "sluice/xds/v1/commit.pb.h"

namespace sluice::config {

// The nearest origin around `field_path` (as in api/check/field_error.h, inside `resource`): that
// of a Route before that of its RouteConfiguration. Packed Anys are looked into. As far as the path
// can be followed; nullopt when no message on it says where it comes from.
std::optional<::sluice::xds::v1::Origin> FindOrigin(const google::protobuf::Message& resource,
                                                    std::string_view field_path);

}  // namespace sluice::config
