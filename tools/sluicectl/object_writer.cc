#include "tools/sluicectl/object_writer.h"

#include <fmt/format.h>
#include <google/protobuf/util/json_util.h>
#include <google/protobuf/wrappers.pb.h>
#include <yaml-cpp/emitter.h>

#include <algorithm>
#include <map>
#include <string_view>
#include <vector>

#include "tools/sluicectl/scalars.h"

namespace sluice::ctl {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using google::protobuf::Reflection;

// Whether some YAML reader could take `text` for something else than a text. An IP address has too
// many dots for a number.
bool LooksTyped(const std::string& text) {
  for (const std::string_view word : {"", "~", "null", "true", "false", "yes", "no", "on", "off"}) {
    if (text == word) return true;
  }
  return text.find_first_not_of("0123456789+-.eExX_") == std::string::npos &&
         std::count(text.begin(), text.end(), '.') < 2;
}

void EmitText(YAML::Emitter& out, const std::string& text) {
  // Not as a literal block: yaml-cpp's end with one line feed too many.
  if (LooksTyped(text) || text.find('\n') != std::string::npos) out << YAML::DoubleQuoted;
  out << text;
}

void EmitMessage(YAML::Emitter& out, const Message& message);

// One value: of a single field, or with `index` of a repeated one.
void EmitValue(YAML::Emitter& out, const Message& message, const FieldDescriptor& field,
               int index) {
  const Reflection& from = *message.GetReflection();
  const bool many = field.is_repeated();
  switch (field.cpp_type()) {
    case FieldDescriptor::CPPTYPE_MESSAGE:
      return EmitMessage(out, many ? from.GetRepeatedMessage(message, &field, index)
                                   : from.GetMessage(message, &field));
    case FieldDescriptor::CPPTYPE_ENUM:
      out << (many ? from.GetRepeatedEnum(message, &field, index) : from.GetEnum(message, &field))
                 ->name();
      return;
    case FieldDescriptor::CPPTYPE_BOOL:
      out << (many ? from.GetRepeatedBool(message, &field, index) : from.GetBool(message, &field));
      return;
    case FieldDescriptor::CPPTYPE_UINT32:
      out << (many ? from.GetRepeatedUInt32(message, &field, index)
                   : from.GetUInt32(message, &field));
      return;
    case FieldDescriptor::CPPTYPE_UINT64:
      out << (many ? from.GetRepeatedUInt64(message, &field, index)
                   : from.GetUInt64(message, &field));
      return;
    case FieldDescriptor::CPPTYPE_STRING:
      return EmitText(out, many ? from.GetRepeatedString(message, &field, index)
                                : from.GetString(message, &field));
    default:
      out << YAML::Null;  // no message of the API has such a field
  }
}

void EmitMap(YAML::Emitter& out, const Message& message, const FieldDescriptor& field) {
  const Reflection& from = *message.GetReflection();
  std::map<std::string, const Message*> sorted;
  for (int i = 0; i < from.FieldSize(message, &field); ++i) {
    const Message& entry = from.GetRepeatedMessage(message, &field, i);
    sorted[entry.GetReflection()->GetString(entry, field.message_type()->map_key())] = &entry;
  }
  out << YAML::BeginMap;
  for (const auto& [key, entry] : sorted) {
    out << YAML::Key;
    EmitText(out, key);
    out << YAML::Value;
    EmitValue(out, *entry, *field.message_type()->map_value(), 0);
  }
  out << YAML::EndMap;
}

void EmitMessage(YAML::Emitter& out, const Message& message) {
  if (message.GetDescriptor()->full_name() == "google.protobuf.Duration") {
    out << FromDuration(static_cast<const google::protobuf::Duration&>(message));
    return;
  }
  std::vector<const FieldDescriptor*> fields;
  message.GetReflection()->ListFields(message, &fields);
  if (fields.empty()) out << YAML::Flow;
  out << YAML::BeginMap;
  for (const FieldDescriptor* field : fields) {
    out << YAML::Key << field->name() << YAML::Value;
    if (field->is_map()) {
      EmitMap(out, message, *field);
    } else if (!field->is_repeated()) {
      EmitValue(out, message, *field, 0);
    } else {
      out << YAML::BeginSeq;
      for (int i = 0; i < message.GetReflection()->FieldSize(message, field); ++i) {
        EmitValue(out, message, *field, i);
      }
      out << YAML::EndSeq;
    }
  }
  out << YAML::EndMap;
}

// The message of the kind, or null.
const Message* SpecOf(const sluice::v1::Object& object) {
  const Reflection& from = *object.GetReflection();
  const auto* oneof = object.GetDescriptor()->FindOneofByName("spec");
  const FieldDescriptor* field = from.GetOneofFieldDescriptor(object, oneof);
  return field ? &from.GetMessage(object, field) : nullptr;
}

std::string JsonOf(const Message& message) {
  google::protobuf::util::JsonPrintOptions options;
  options.preserve_proto_field_names = true;
  std::string json;
  // Cannot fail: the messages of the API hold no Any.
  (void)google::protobuf::util::MessageToJsonString(message, &json, options);
  return json;
}

std::string Quoted(const std::string& text) {
  google::protobuf::StringValue value;
  value.set_value(text);
  return JsonOf(value);
}

}  // namespace

std::string ToYaml(const sluice::v1::Object& object) {
  YAML::Emitter out;
  out << YAML::BeginMap;
  out << YAML::Key << "kind" << YAML::Value << object.kind();
  out << YAML::Key << "name" << YAML::Value;
  EmitText(out, object.name());
  if (!object.labels().empty()) {
    out << YAML::Key << "labels" << YAML::Value;
    EmitMap(out, object, *object.GetDescriptor()->FindFieldByName("labels"));
  }
  out << YAML::Key << "spec" << YAML::Value;
  if (const Message* spec = SpecOf(object)) {
    EmitMessage(out, *spec);
  } else {
    out << YAML::Flow << YAML::BeginMap << YAML::EndMap;
  }
  out << YAML::EndMap;
  return std::string(out.c_str()) + "\n";
}

std::string ToJson(const sluice::v1::Object& object) {
  std::string labels;
  const std::map<std::string, std::string> sorted(object.labels().begin(), object.labels().end());
  for (const auto& [key, value] : sorted) {
    labels += fmt::format("{}{}:{}", labels.empty() ? "" : ",", Quoted(key), Quoted(value));
  }
  const Message* spec = SpecOf(object);
  return fmt::format(R"({{"kind":{},"name":{},"labels":{{{}}},"etag":{},"spec":{},"status":{}}})",
                     Quoted(object.kind()), Quoted(object.name()), labels, Quoted(object.etag()),
                     spec ? JsonOf(*spec) : "{}", JsonOf(object.status()));
}

}  // namespace sluice::ctl
