#include "dataplane/admin/redact.h"

#include <google/protobuf/any.pb.h>
#include <google/protobuf/descriptor.h>

#include <algorithm>
#include <memory>
#include <string_view>
#include <vector>

namespace sluice::admin {

namespace {

using google::protobuf::Any;
using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using google::protobuf::Reflection;

// Names of fields of the xDS subset whose values must not be seen, wherever they occur.
constexpr std::string_view kSecretFields[] = {
    "private_key", "password",   "keys",  "secret",      "token",  "client_secret",
    "hmac_secret", "inline_key", "users", "credentials", "pkcs12", "private_key_provider",
};

bool IsSecret(const FieldDescriptor& field) {
  const std::string_view name = field.name();
  return std::find(std::begin(kSecretFields), std::end(kSecretFields), name) !=
         std::end(kSecretFields);
}

void Walk(Message& message, bool secret);

void WalkAny(Any& any, bool secret) {
  const std::string& url = any.type_url();
  const std::string name = url.substr(url.rfind('/') + 1);
  const auto* type =
      google::protobuf::DescriptorPool::generated_pool()->FindMessageTypeByName(name);
  if (type == nullptr) return any.clear_value();
  std::unique_ptr<Message> inner(
      google::protobuf::MessageFactory::generated_factory()->GetPrototype(type)->New());
  if (!inner->ParseFromString(any.value())) return any.clear_value();
  Walk(*inner, secret);
  any.set_value(inner->SerializeAsString());
}

void HideScalar(Message& message, const FieldDescriptor& field) {
  const Reflection& reflection = *message.GetReflection();
  if (field.cpp_type() != FieldDescriptor::CPPTYPE_STRING)
    return reflection.ClearField(&message, &field);
  if (!field.is_repeated()) return reflection.SetString(&message, &field, kRedacted);
  for (int i = 0; i < reflection.FieldSize(message, &field); ++i) {
    reflection.SetRepeatedString(&message, &field, i, kRedacted);
  }
}

void WalkField(Message& message, const FieldDescriptor& field, bool secret) {
  const Reflection& reflection = *message.GetReflection();
  if (field.cpp_type() != FieldDescriptor::CPPTYPE_MESSAGE) {
    if (secret) HideScalar(message, field);
  } else if (!field.is_repeated()) {
    Walk(*reflection.MutableMessage(&message, &field), secret);
  } else {
    for (int i = 0; i < reflection.FieldSize(message, &field); ++i) {
      Walk(*reflection.MutableRepeatedMessage(&message, &field, i), secret);
    }
  }
}

void Walk(Message& message, bool secret) {
  if (message.GetDescriptor() == Any::descriptor())
    return WalkAny(static_cast<Any&>(message), secret);
  std::vector<const FieldDescriptor*> set;
  message.GetReflection()->ListFields(message, &set);
  for (const FieldDescriptor* field : set) WalkField(message, *field, secret || IsSecret(*field));
}

}  // namespace

void Redact(Message& message) { Walk(message, false); }

}  // namespace sluice::admin
