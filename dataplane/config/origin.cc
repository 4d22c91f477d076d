#include "dataplane/config/origin.h"

#include <charconv>
#include <memory>
#include <string>

#include "envoy/config/core/v3/base.pb.h"
#include "google/protobuf/any.pb.h"

namespace sluice::config {
namespace {

using envoy::config::core::v3::Metadata;
using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using xds::v1::Origin;

constexpr const char* kFilterName = "sluice.origin";

// One step of a path: a field, and which element of it, if it is a list.
struct Step {
  std::string field;
  int index = -1;
  bool keyed = false;  // an entry of a map: no message below it says where it comes from
};

// Takes the first step off `path`.
Step TakeStep(std::string_view& path) {
  Step step;
  const size_t end = path.find_first_of(".[");
  step.field = path.substr(0, end);
  path.remove_prefix(end == std::string_view::npos ? path.size() : end);
  if (path.starts_with('[')) {
    const auto [rest, error] =
        std::from_chars(path.data() + 1, path.data() + path.size(), step.index);
    step.keyed = error != std::errc() || rest == path.data() + path.size() || *rest != ']';
    path.remove_prefix(std::min(path.size(), static_cast<size_t>(rest - path.data()) + 1));
  }
  if (path.starts_with('.')) path.remove_prefix(1);
  return step;
}

std::optional<Origin> OwnOrigin(const Message& message) {
  const FieldDescriptor* field = message.GetDescriptor()->FindFieldByName("metadata");
  if (field == nullptr || field->message_type() != Metadata::descriptor()) return std::nullopt;
  const auto& metadata =
      static_cast<const Metadata&>(message.GetReflection()->GetMessage(message, field));
  const auto found = metadata.filter_metadata().find(kFilterName);
  if (found == metadata.filter_metadata().end()) return std::nullopt;
  const auto text = [&](const char* key) {
    const auto value = found->second.fields().find(key);
    return value == found->second.fields().end() ? std::string() : value->second.string_value();
  };
  Origin origin;
  origin.set_kind(text("kind"));
  origin.set_name(text("name"));
  origin.set_field_path(text("field_path"));
  return origin;
}

// What `any` holds; nullptr if it is of a type that is not compiled in, or broken.
std::unique_ptr<Message> Unpack(const google::protobuf::Any& any) {
  const std::string_view url = any.type_url();
  const std::string name(url.substr(url.rfind('/') + 1));
  const Descriptor* type =
      google::protobuf::DescriptorPool::generated_pool()->FindMessageTypeByName(name);
  if (type == nullptr) return nullptr;
  std::unique_ptr<Message> message(
      google::protobuf::MessageFactory::generated_factory()->GetPrototype(type)->New());
  return message->ParseFromString(any.value()) ? std::move(message) : nullptr;
}

// The message that `step` leads to; nullptr if it leads to none.
const Message* Follow(const Message& from, const Step& step) {
  const FieldDescriptor* field = from.GetDescriptor()->FindFieldByName(step.field);
  if (field == nullptr || step.keyed || field->cpp_type() != FieldDescriptor::CPPTYPE_MESSAGE)
    return nullptr;
  const auto* reflection = from.GetReflection();
  if (!field->is_repeated()) return &reflection->GetMessage(from, field);
  if (step.index < 0 || step.index >= reflection->FieldSize(from, field)) return nullptr;
  return &reflection->GetRepeatedMessage(from, field, step.index);
}

}  // namespace

std::optional<Origin> FindOrigin(const Message& resource, std::string_view field_path) {
  std::optional<Origin> nearest = OwnOrigin(resource);
  std::unique_ptr<Message> unpacked;
  const Message* at = &resource;
  while (!field_path.empty()) {
    at = Follow(*at, TakeStep(field_path));
    if (at == nullptr) break;
    if (at->GetDescriptor() == google::protobuf::Any::descriptor()) {
      std::unique_ptr<Message> inner = Unpack(static_cast<const google::protobuf::Any&>(*at));
      if (inner == nullptr) break;
      unpacked = std::move(inner);
      at = unpacked.get();
    }
    if (auto own = OwnOrigin(*at)) nearest = std::move(own);
  }
  return nearest;
}

}  // namespace sluice::config
