#include "controlplane/xds/encode.h"

#include <google/protobuf/io/coded_stream.h>
#include <grpcpp/support/slice.h>

#include <vector>

#include "envoy/service/discovery/v3/discovery.pb.h"

namespace sluice::xds {

namespace {

using envoy::service::discovery::v3::DeltaDiscoveryResponse;
using envoy::service::discovery::v3::DiscoveryResponse;
using envoy::service::discovery::v3::Resource;
using google::protobuf::io::CodedOutputStream;

// Field numbers of discovery.proto, for the parts written around shared bytes.
constexpr uint32_t kResources = 2;        // of both responses
constexpr uint32_t kResourceContent = 2;  // Resource.resource

constexpr char LengthTag(uint32_t field) { return static_cast<char>(field << 3 | 2); }

void AppendVarint(uint64_t value, std::string& out) {
  uint8_t bytes[10];
  const uint8_t* end = CodedOutputStream::WriteVarint64ToArray(value, bytes);
  out.append(reinterpret_cast<const char*>(bytes), end - bytes);
}

// A slice on the resource's own bytes, which it keeps alive.
grpc::Slice Share(const snapshot::WireRef& resource) {
  auto* keep = new snapshot::WireRef(resource);
  return grpc::Slice(const_cast<char*>(resource->any.data()), resource->any.size(),
                     [](void* held) { delete static_cast<snapshot::WireRef*>(held); }, keep);
}

grpc::Slice Own(const std::string& bytes) { return grpc::Slice(bytes.data(), bytes.size()); }

grpc::ByteBuffer Join(const std::vector<grpc::Slice>& slices) {
  return grpc::ByteBuffer(slices.data(), slices.size());
}

template <typename Response>
std::string EnvelopeBytes(const Envelope& envelope, Response response) {
  response.set_type_url(std::string(envelope.type_url));
  response.set_nonce(std::string(envelope.nonce));
  response.mutable_control_plane()->set_identifier(std::string(envelope.identifier));
  return response.SerializeAsString();
}

}  // namespace

grpc::ByteBuffer EncodeDelta(const Envelope& envelope, const Update& update) {
  DeltaDiscoveryResponse response;
  response.set_system_version_info(std::string(envelope.version));
  for (const std::string& name : update.removed) response.add_removed_resources(name);
  std::vector<grpc::Slice> slices = {Own(EnvelopeBytes(envelope, std::move(response)))};
  for (const snapshot::WireRef& resource : update.resources) {
    Resource head;  // without its content, which follows
    head.set_name(resource->name);
    head.set_version(resource->version);
    std::string inner = head.SerializeAsString();
    inner += LengthTag(kResourceContent);
    AppendVarint(resource->any.size(), inner);
    std::string bytes(1, LengthTag(kResources));
    AppendVarint(inner.size() + resource->any.size(), bytes);
    slices.push_back(Own(bytes + inner));
    slices.push_back(Share(resource));
  }
  return Join(slices);
}

grpc::ByteBuffer EncodeSotw(const Envelope& envelope, const Update& update) {
  DiscoveryResponse response;
  response.set_version_info(std::string(envelope.version));
  std::vector<grpc::Slice> slices = {Own(EnvelopeBytes(envelope, std::move(response)))};
  for (const snapshot::WireRef& resource : update.resources) {
    std::string bytes(1, LengthTag(kResources));
    AppendVarint(resource->any.size(), bytes);
    slices.push_back(Own(bytes));
    slices.push_back(Share(resource));
  }
  return Join(slices);
}

grpc::ByteBuffer EncodeCommit(const Envelope& envelope, const ::sluice::xds::v1::Commit& commit) {
  DeltaDiscoveryResponse response;
  response.set_system_version_info(std::string(envelope.version));
  Resource& resource = *response.add_resources();
  resource.set_name("commit");
  resource.set_version(std::string(envelope.version));
  resource.mutable_resource()->set_type_url(std::string(kCommitTypeUrl));
  commit.SerializeToString(resource.mutable_resource()->mutable_value());
  return Join({Own(EnvelopeBytes(envelope, std::move(response)))});
}

}  // namespace sluice::xds
