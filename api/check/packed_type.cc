#include "api/check/packed_type.h"

#include <fmt/format.h>
#include <google/protobuf/descriptor.h>
#include <google/protobuf/descriptor.pb.h>

namespace sluice::api {
namespace {

constexpr std::string_view kPrefix = "type.googleapis.com/";
constexpr size_t kShownBytes = 200;

}  // namespace

PackedType FindPackedType(std::string_view url) {
  if (url.empty()) return {nullptr, "names no type"};
  if (url.substr(0, kPrefix.size()) != kPrefix) {
    return {nullptr, fmt::format("the type \"{}\" does not start with {}",
                                 url.substr(0, kShownBytes), kPrefix)};
  }
  const std::string name(url.substr(kPrefix.size()));
  if (name == "udpa.type.v1.TypedStruct" || name == "xds.type.v3.TypedStruct") {
    return {nullptr, "TypedStruct is not supported; write the message itself"};
  }
  const auto* type =
      google::protobuf::DescriptorPool::generated_pool()->FindMessageTypeByName(name);
  if (type == nullptr || type->options().map_entry()) {
    return {nullptr, fmt::format("the type \"{}\" is not supported",
                                 std::string_view(name).substr(0, kShownBytes))};
  }
  return {type, ""};
}

std::unique_ptr<google::protobuf::Message> Unpack(const google::protobuf::Any& any,
                                                  const google::protobuf::Descriptor& type) {
  std::unique_ptr<google::protobuf::Message> message(
      google::protobuf::MessageFactory::generated_factory()->GetPrototype(&type)->New());
  if (!message->ParsePartialFromString(any.value())) return nullptr;
  return message;
}

}  // namespace sluice::api
