// Discovery responses as bytes: the resources in them are the slices that every other stream sends
// too, only what is between them is made per response. Pure; any thread.
#pragma once

#include <grpcpp/support/byte_buffer.h>

#include <string>
#include <string_view>

#include "controlplane/xds/update.h"
#include "sluice/xds/v1/commit.pb.h"

namespace sluice::xds {

// What is in every response of a stream beside resources.
struct Envelope {
  std::string_view type_url;
  std::string_view version;     // SotW: version_info; delta: system_version_info
  std::string_view nonce;
  std::string_view identifier;  // control_plane.identifier
};

// A DeltaDiscoveryResponse.
grpc::ByteBuffer EncodeDelta(const Envelope& envelope, const Update& update);
// A DiscoveryResponse.
grpc::ByteBuffer EncodeSotw(const Envelope& envelope, const Update& update);
// A DeltaDiscoveryResponse with the one resource "commit".
grpc::ByteBuffer EncodeCommit(const Envelope& envelope, const ::sluice::xds::v1::Commit& commit);

inline constexpr std::string_view kCommitTypeUrl = "type.googleapis.com/sluice.xds.v1.Commit";

}  // namespace sluice::xds
