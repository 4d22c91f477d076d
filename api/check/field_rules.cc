#include "api/check/field_rules.h"

#include <fmt/format.h>
#include <google/protobuf/duration.pb.h>

#include <cmath>
#include <string>

#include "absl/container/flat_hash_map.h"
#include "api/check/value_rules.h"

namespace sluice::api {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using google::protobuf::Reflection;

// Reads a scalar field or one item of it: reflection has a getter for each.
#define SLUICE_GET(Type)                                                           \
  (index >= 0 ? message.GetReflection()->GetRepeated##Type(message, &field, index) \
              : message.GetReflection()->Get##Type(message, &field))

std::string BreaksNumber(const ValueRule& rule, double value) {
  return std::isfinite(value) ? BreaksRule(rule, value) : "";
}

// One scalar, `index` >= 0 for an item of a list.
std::string BreaksScalar(const FieldRules& rules, const ValueRule& rule, const Message& message,
                         const FieldDescriptor& field, int index) {
  switch (field.cpp_type()) {
    case FieldDescriptor::CPPTYPE_STRING: {
      std::string scratch;
      const std::string& text =
          index >= 0 ? message.GetReflection()->GetRepeatedStringReference(message, &field, index,
                                                                           &scratch)
                     : message.GetReflection()->GetStringReference(message, &field, &scratch);
      if (rules.ignore_empty && text.empty()) return "";
      return BreaksRule(rule, text, field.type() == FieldDescriptor::TYPE_BYTES);
    }
    case FieldDescriptor::CPPTYPE_INT32:
      return BreaksRule(rule, int64_t{SLUICE_GET(Int32)});
    case FieldDescriptor::CPPTYPE_INT64:
      return BreaksRule(rule, int64_t{SLUICE_GET(Int64)});
    case FieldDescriptor::CPPTYPE_UINT32:
      return BreaksRule(rule, uint64_t{SLUICE_GET(UInt32)});
    case FieldDescriptor::CPPTYPE_UINT64:
      return BreaksRule(rule, uint64_t{SLUICE_GET(UInt64)});
    case FieldDescriptor::CPPTYPE_ENUM:
      return BreaksRule(rule, int64_t{SLUICE_GET(EnumValue)});
    case FieldDescriptor::CPPTYPE_DOUBLE:
      return BreaksNumber(rule, SLUICE_GET(Double));
    case FieldDescriptor::CPPTYPE_FLOAT:
      return BreaksNumber(rule, SLUICE_GET(Float));
    case FieldDescriptor::CPPTYPE_BOOL:
      return BreaksRule(rule, SLUICE_GET(Bool));
    case FieldDescriptor::CPPTYPE_MESSAGE:
      return "";
  }
  return "";
}

#undef SLUICE_GET

// The value of a field that is set: a scalar, a wrapped scalar or a duration.
std::string BreaksValue(const FieldRules& rules, const ValueRule& rule, const Message& message) {
  const FieldDescriptor& field = *rules.field;
  if (field.message_type() == nullptr) return BreaksScalar(rules, rule, message, field, -1);
  const Message& value = message.GetReflection()->GetMessage(message, &field);
  if (field.message_type()->well_known_type() == Descriptor::WELLKNOWNTYPE_DURATION) {
    const auto& duration = static_cast<const google::protobuf::Duration&>(value);
    return BreaksDuration(duration).empty() ? BreaksRule(rule, duration) : "";
  }
  return BreaksScalar(rules, rule, value, *field.message_type()->field(0), -1);
}

void CheckItems(const FieldRules& rules, const Message& message, const FieldPath& path,
                ErrorList& errors) {
  const FieldDescriptor& field = *rules.field;
  const int count = message.GetReflection()->FieldSize(message, &field);
  for (int i = 0; i < count; ++i) {
    for (const ValueRule& rule : rules.values) {
      const std::string text = BreaksScalar(rules, rule, message, field, i);
      if (!text.empty()) errors.Add(path.Field(field.name(), i).ToString(), text);
    }
  }
  if (!rules.unique) return;
  absl::flat_hash_map<std::string, int> seen;
  for (int i = 0; i < count; ++i) {
    const auto [other, fresh] =
        seen.insert({message.GetReflection()->GetRepeatedString(message, &field, i), i});
    if (fresh) continue;
    errors.Add(path.Field(field.name(), i).ToString(),
               fmt::format("is the same as item {}", other->second));
  }
}

void CheckKeys(const FieldRules& rules, const Message& message, const FieldPath& path,
               ErrorList& errors) {
  const FieldDescriptor& field = *rules.field;
  const FieldDescriptor& key_field = *field.message_type()->map_key();
  for (int i = 0; i < message.GetReflection()->FieldSize(message, &field); ++i) {
    const Message& entry = message.GetReflection()->GetRepeatedMessage(message, &field, i);
    const std::string key = entry.GetReflection()->GetString(entry, &key_field);
    for (const ValueRule& rule : rules.values) {
      const std::string text = BreaksScalar(rules, rule, entry, key_field, -1);
      if (!text.empty()) errors.Add(path.Entry(field.name(), key).ToString(), "the key " + text);
    }
  }
}

}  // namespace

void CheckField(const FieldRules& rules, const Message& message, const FieldPath& path,
                ErrorList& errors) {
  const FieldDescriptor& field = *rules.field;
  const auto* reflection = message.GetReflection();
  const auto fail = [&](std::string_view text) {
    errors.Add(path.Field(field.name()).ToString(), text);
  };
  if (field.is_repeated()) {
    const int count = reflection->FieldSize(message, &field);
    if (count < rules.min_items) {
      fail(rules.min_items == 1 ? "must not be empty"
                                : fmt::format("must have at least {} items", rules.min_items));
    }
    if (count > rules.max_items) fail(fmt::format("must have at most {} items", rules.max_items));
    return field.is_map() ? CheckKeys(rules, message, path, errors)
                          : CheckItems(rules, message, path, errors);
  }
  if (field.has_presence() && !reflection->HasField(message, &field)) {
    if (rules.required) fail("is required");
    return;
  }
  for (const ValueRule& rule : rules.values) {
    const std::string text = BreaksValue(rules, rule, message);
    if (!text.empty()) fail(text);
  }
}

}  // namespace sluice::api
