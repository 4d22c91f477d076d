#include "api/check/check_message.h"

#include <fmt/format.h>
#include <google/protobuf/any.pb.h>
#include <google/protobuf/duration.pb.h>
#include <google/protobuf/message.h>
#include <google/protobuf/unknown_field_set.h>

#include <cmath>
#include <string>
#include <vector>

#include "absl/container/flat_hash_set.h"
#include "api/check/cross_rules.h"
#include "api/check/field_path.h"
#include "api/check/field_rules.h"
#include "api/check/packed_type.h"
#include "api/check/rule_set.h"
#include "api/check/value_rules.h"

namespace sluice::api {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using google::protobuf::OneofDescriptor;

constexpr int kMaxDepth = 100;

enum class UnknownTypes : uint8_t { kRefused, kAllowed };  // in an Any

class Walk final {
 public:
  explicit Walk(ErrorList& errors) : errors_(errors) {}

  void Visit(const Message& message, const FieldPath& path, UnknownTypes unknown_types);

 private:
  void VisitWellKnown(const Message& message, const FieldPath& path, UnknownTypes unknown_types);
  void VisitAny(const google::protobuf::Any& any, const FieldPath& path,
                UnknownTypes unknown_types);
  void VisitField(const Message& message, const FieldDescriptor& field, const FieldPath& path);
  void VisitEntries(const Message& message, const FieldDescriptor& field, const FieldPath& path);
  void VisitEnum(const Message& message, const FieldDescriptor& field, int index,
                 const FieldPath& path);
  void VisitDouble(double value, const FieldPath& path);
  void CheckOneofs(const MessageRules& rules, const Message& message, const FieldPath& path);
  // True if there were any.
  bool RefuseUnknownFields(const Message& message, const FieldPath& path);

  ErrorList& errors_;
  int depth_ = 0;
};

// For the messages held by `field` of `message`: an HttpFilter or a FilterConfig may say of its
// content that it can do without.
UnknownTypes UnknownTypesOf(const Message& message, const FieldDescriptor& field) {
  if (field.message_type()->well_known_type() != Descriptor::WELLKNOWNTYPE_ANY) {
    return UnknownTypes::kRefused;
  }
  const FieldDescriptor* mark = message.GetDescriptor()->FindFieldByName("is_optional");
  const bool allowed = mark != nullptr && mark->cpp_type() == FieldDescriptor::CPPTYPE_BOOL &&
                       message.GetReflection()->GetBool(message, mark);
  return allowed ? UnknownTypes::kAllowed : UnknownTypes::kRefused;
}

void Walk::Visit(const Message& message, const FieldPath& path, UnknownTypes unknown_types) {
  if (++depth_ > kMaxDepth) {
    errors_.Add(path.ToString(), fmt::format("nested more than {} levels deep", kMaxDepth));
    --depth_;
    return;
  }
  const bool has_unknown = RefuseUnknownFields(message, path);
  if (message.GetDescriptor()->well_known_type() != Descriptor::WELLKNOWNTYPE_UNSPECIFIED) {
    VisitWellKnown(message, path, unknown_types);
    --depth_;
    return;
  }
  if (const MessageRules* rules = RulesOf(*message.GetDescriptor())) {
    // A field that is not known here may be the missing member.
    if (!has_unknown) CheckOneofs(*rules, message, path);
    for (const FieldRules& field : rules->fields) CheckField(field, message, path, errors_);
  }
  CheckCrossRules(message, path, errors_);
  std::vector<const FieldDescriptor*> fields;
  message.GetReflection()->ListFields(message, &fields);
  for (const FieldDescriptor* field : fields) VisitField(message, *field, path);
  --depth_;
}

void Walk::VisitField(const Message& message, const FieldDescriptor& field, const FieldPath& path) {
  const auto* reflection = message.GetReflection();
  if (field.is_map()) return VisitEntries(message, field, path);
  const int count = field.is_repeated() ? reflection->FieldSize(message, &field) : 1;
  for (int i = 0; i < count; ++i) {
    const bool item = field.is_repeated();
    const FieldPath at = item ? path.Field(field.name(), i) : path.Field(field.name());
    switch (field.cpp_type()) {
      case FieldDescriptor::CPPTYPE_MESSAGE:
        Visit(item ? reflection->GetRepeatedMessage(message, &field, i)
                   : reflection->GetMessage(message, &field),
              at, UnknownTypesOf(message, field));
        break;
      case FieldDescriptor::CPPTYPE_ENUM:
        VisitEnum(message, field, item ? i : -1, at);
        break;
      case FieldDescriptor::CPPTYPE_DOUBLE:
        VisitDouble(item ? reflection->GetRepeatedDouble(message, &field, i)
                         : reflection->GetDouble(message, &field),
                    at);
        break;
      case FieldDescriptor::CPPTYPE_FLOAT:
        VisitDouble(item ? reflection->GetRepeatedFloat(message, &field, i)
                         : reflection->GetFloat(message, &field),
                    at);
        break;
      default:
        return;  // nothing holds for all numbers, flags and strings
    }
  }
}

// Keys of maps in the API are strings, and values that are not messages have no rules.
void Walk::VisitEntries(const Message& message, const FieldDescriptor& field,
                        const FieldPath& path) {
  const FieldDescriptor* value = field.message_type()->map_value();
  if (value->cpp_type() != FieldDescriptor::CPPTYPE_MESSAGE) return;
  const auto* reflection = message.GetReflection();
  for (int i = 0; i < reflection->FieldSize(message, &field); ++i) {
    const Message& entry = reflection->GetRepeatedMessage(message, &field, i);
    const std::string key =
        entry.GetReflection()->GetString(entry, field.message_type()->map_key());
    Visit(entry.GetReflection()->GetMessage(entry, value), path.Entry(field.name(), key),
          UnknownTypes::kRefused);
  }
}

void Walk::VisitEnum(const Message& message, const FieldDescriptor& field, int index,
                     const FieldPath& path) {
  const auto* reflection = message.GetReflection();
  const int number = index >= 0 ? reflection->GetRepeatedEnumValue(message, &field, index)
                                : reflection->GetEnumValue(message, &field);
  if (field.enum_type()->FindValueByNumber(number) != nullptr) return;
  errors_.Add(path.ToString(),
              fmt::format("{} is no value of {}", number, field.enum_type()->full_name()));
}

void Walk::VisitDouble(double value, const FieldPath& path) {
  if (!std::isfinite(value)) errors_.Add(path.ToString(), "must be a finite number");
}

void Walk::VisitWellKnown(const Message& message, const FieldPath& path,
                          UnknownTypes unknown_types) {
  const auto* reflection = message.GetReflection();
  switch (message.GetDescriptor()->well_known_type()) {
    case Descriptor::WELLKNOWNTYPE_ANY:
      return VisitAny(static_cast<const google::protobuf::Any&>(message), path, unknown_types);
    case Descriptor::WELLKNOWNTYPE_DURATION: {
      const std::string text =
          BreaksDuration(static_cast<const google::protobuf::Duration&>(message));
      if (!text.empty()) errors_.Add(path.ToString(), text);
      return;
    }
    case Descriptor::WELLKNOWNTYPE_DOUBLEVALUE:
      return VisitDouble(reflection->GetDouble(message, message.GetDescriptor()->field(0)), path);
    case Descriptor::WELLKNOWNTYPE_FLOATVALUE:
      return VisitDouble(reflection->GetFloat(message, message.GetDescriptor()->field(0)), path);
    default:
      return;  // other wrappers are bounded by their type, Struct is data of its user
  }
}

void Walk::VisitAny(const google::protobuf::Any& any, const FieldPath& path,
                    UnknownTypes unknown_types) {
  const auto [type, why] = FindPackedType(any.type_url());
  if (type == nullptr) {
    if (unknown_types == UnknownTypes::kRefused || any.type_url().empty()) {
      errors_.Add(path.ToString(), why);
    }
    return;
  }
  const std::unique_ptr<Message> inner = Unpack(any, *type);
  if (inner == nullptr) {
    errors_.Add(path.ToString(), fmt::format("cannot be parsed as {}", type->full_name()));
    return;
  }
  Visit(*inner, path, UnknownTypes::kRefused);
}

void Walk::CheckOneofs(const MessageRules& rules, const Message& message, const FieldPath& path) {
  for (const OneofDescriptor* oneof : rules.required_oneofs) {
    if (message.GetReflection()->HasOneof(message, oneof)) continue;
    std::string names;
    for (int i = 0; i < oneof->field_count(); ++i) {
      names += (i > 0 ? ", " : "") + oneof->field(i)->name();
    }
    errors_.Add(path.Field(oneof->name()).ToString(),
                oneof->field_count() == 1 ? fmt::format("{} is required", names)
                                          : fmt::format("one of {} is required", names));
  }
}

bool Walk::RefuseUnknownFields(const Message& message, const FieldPath& path) {
  const auto& unknown = message.GetReflection()->GetUnknownFields(message);
  absl::flat_hash_set<int> seen;
  for (int i = 0; i < unknown.field_count(); ++i) {
    const int number = unknown.field(i).number();
    if (!seen.insert(number).second) continue;
    const std::string& type = message.GetDescriptor()->full_name();
    const std::string_view name = LaterFieldName(*message.GetDescriptor(), number);
    if (!name.empty()) {
      errors_.Add(path.Field(name).ToString(), "is not implemented yet");
    } else if (const FieldDescriptor* field = message.GetDescriptor()->FindFieldByNumber(number)) {
      errors_.Add(path.Field(field->name()).ToString(),
                  fmt::format("is of another type in {}", type));
    } else {
      errors_.Add(path.ToString(), fmt::format("unknown field {} of {}", number, type));
    }
  }
  return unknown.field_count() > 0;
}

}  // namespace

void CheckMessage(const Message& message, std::string_view path, ErrorList& errors) {
  Walk(errors).Visit(message, FieldPath(path), UnknownTypes::kRefused);
}

}  // namespace sluice::api
