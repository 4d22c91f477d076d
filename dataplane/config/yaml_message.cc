#include "dataplane/config/yaml_message.h"

#include <fmt/format.h>

#include <cmath>
#include <limits>

#include "absl/container/flat_hash_set.h"
#include "api/check/rule_set.h"
#include "dataplane/config/yaml_message_reader.h"

namespace sluice::config {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::EnumValueDescriptor;
using google::protobuf::FieldDescriptor;

const FieldDescriptor* FindField(const Descriptor& type, const std::string& name) {
  if (const FieldDescriptor* field = type.FindFieldByName(name)) return field;
  for (int i = 0; i < type.field_count(); ++i) {
    if (type.field(i)->json_name() == name) return type.field(i);
  }
  return nullptr;
}

std::string Quoted(std::string_view text) { return fmt::format("\"{}\"", text.substr(0, 100)); }

std::string NamesOf(const google::protobuf::EnumDescriptor& type) {
  std::string names;
  for (int i = 0; i < type.value_count() && i < 16; ++i) {
    names += (i == 0 ? "" : ", ") + type.value(i)->name();
  }
  return type.value_count() > 16 ? names + ", ..." : names;
}

// Sets or adds a scalar: the two halves of protobuf's reflection differ in name only.
#define SLUICE_PUT(Type, value)                                           \
  (field.is_repeated() ? reflection->Add##Type(&message, &field, (value)) \
                       : reflection->Set##Type(&message, &field, (value)))

}  // namespace

bool YamlToMessage(const YAML::Node& node, google::protobuf::Message& message,
                   std::string_view path, ErrorList& errors, YamlLimits limits) {
  const size_t before = errors.size() + errors.dropped();
  YamlReader(errors, limits).ReadMessage(node, message, std::string(path));
  return errors.size() + errors.dropped() == before;
}

YamlReader::Level::Level(YamlReader& reader, const YAML::Node& node, const std::string& path)
    : reader_(reader) {
  ++reader_.values_;
  ++reader_.depth_;
  if (reader_.exhausted_) return;
  if (reader_.depth_ > reader_.limits_.max_depth) {
    reader_.Fail(node, path,
                 fmt::format("nested more than {} levels deep", reader_.limits_.max_depth));
    reader_.exhausted_ = true;  // with aliases there may be 2^depth more of these
  } else if (reader_.values_ > reader_.limits_.max_values) {
    reader_.Fail(node, path,
                 fmt::format("more than {} values, too much for aliases to expand to",
                             reader_.limits_.max_values));
    reader_.exhausted_ = true;
  }
}

void YamlReader::Fail(const YAML::Node& node, const std::string& path, std::string_view text) {
  const YAML::Mark mark = node.Mark();
  if (mark.is_null()) {
    errors_.Add(path, text);
  } else {
    errors_.Add(path, fmt::format("{} (line {}, column {})", text, mark.line + 1, mark.column + 1));
  }
}

void YamlReader::Expect(std::string_view what, const YAML::Node& node, const std::string& path) {
  Fail(node, path, fmt::format("expected {}, found {}", what, NameOf(KindOf(node))));
}

void YamlReader::ReadMessage(const YAML::Node& node, Message& message, const std::string& path) {
  const Level level(*this, node, path);
  if (!level) return;
  if (HasOwnForm(*message.GetDescriptor())) {
    ReadOwnForm(node, message, path);
  } else {
    ReadFields(node, message, path, "");
  }
}

void YamlReader::ReadFields(const YAML::Node& node, Message& message, const std::string& path,
                            std::string_view skipped_key) {
  if (KindOf(node) != YamlKind::kMap) return Expect("a map of fields", node, path);
  const Descriptor& type = *message.GetDescriptor();
  absl::flat_hash_set<const FieldDescriptor*> seen;
  absl::flat_hash_set<std::string> unknown;
  for (const auto& entry : node) {
    if (exhausted_) return;
    if (!entry.first.IsScalar()) {
      Expect("the name of a field", entry.first, path);
      continue;
    }
    const std::string& name = entry.first.Scalar();
    if (!skipped_key.empty() && name == skipped_key) continue;
    const FieldDescriptor* field = FindField(type, name);
    if (field == nullptr) {
      if (unknown.insert(name).second) {
        Fail(entry.first, api::JoinPath(path, name),
             api::IsLaterField(type, name) ? "is not implemented yet"
                                           : fmt::format("unknown field of {}", type.full_name()));
      }
      continue;
    }
    const std::string at = api::JoinPath(path, field->name());
    if (!seen.insert(field).second) {
      Fail(entry.first, at, "set twice");
      continue;
    }
    ReadField(*field, entry.second, message, at);
  }
}

void YamlReader::ReadField(const Field& field, const YAML::Node& value, Message& message,
                           const std::string& path) {
  // Null stands for "not set" in the JSON mapping, but in a Value it is one.
  if (KindOf(value) == YamlKind::kNull &&
      (field.message_type() == nullptr ||
       field.message_type()->full_name() != "google.protobuf.Value")) {
    return;
  }
  const auto* oneof = field.real_containing_oneof();
  const auto* reflection = message.GetReflection();
  if (oneof != nullptr && reflection->HasOneof(message, oneof)) {
    return Fail(value, path,
                fmt::format("only one of {} may be set, and {} is set already", oneof->name(),
                            reflection->GetOneofFieldDescriptor(message, oneof)->name()));
  }
  if (field.is_map()) return ReadMap(field, value, message, path);
  if (field.is_repeated()) return ReadList(field, value, message, path);
  ReadSingle(field, value, message, path);
}

void YamlReader::ReadList(const Field& field, const YAML::Node& value, Message& message,
                          const std::string& path) {
  if (KindOf(value) != YamlKind::kList) return Expect("a list", value, path);
  int index = 0;
  for (const auto& element : value) {
    if (exhausted_) return;
    ReadSingle(field, element, message, api::IndexPath(path, index++));
  }
}

void YamlReader::ReadMap(const Field& field, const YAML::Node& value, Message& message,
                         const std::string& path) {
  if (KindOf(value) != YamlKind::kMap) return Expect("a map", value, path);
  const FieldDescriptor& key_field = *field.message_type()->map_key();
  const FieldDescriptor& value_field = *field.message_type()->map_value();
  absl::flat_hash_set<std::string> seen;
  for (const auto& entry : value) {
    if (exhausted_) return;
    if (!entry.first.IsScalar()) {
      Expect("a key", entry.first, path);
      continue;
    }
    const std::string& key = entry.first.Scalar();
    const std::string at = api::KeyPath(path, key);
    const Level level(*this, entry.first, at);
    if (!level) return;
    if (!seen.insert(key).second) {
      Fail(entry.first, at, "set twice");
      continue;
    }
    // A key is text in JSON, so the quotes that tell 1 from "1" elsewhere say nothing here.
    YAML::Node quoted(key);
    quoted.SetTag("!");
    Message& slot = *message.GetReflection()->AddMessage(&message, &field);
    ReadSingle(key_field, quoted, slot, at);
    ReadSingle(value_field, entry.second, slot, at);
  }
}

void YamlReader::ReadSingle(const Field& field, const YAML::Node& value, Message& message,
                            const std::string& path) {
  const auto* reflection = message.GetReflection();
  switch (field.cpp_type()) {
    case FieldDescriptor::CPPTYPE_MESSAGE:
      return ReadMessage(value,
                         *(field.is_repeated() ? reflection->AddMessage(&message, &field)
                                               : reflection->MutableMessage(&message, &field)),
                         path);
    case FieldDescriptor::CPPTYPE_STRING:
      return ReadText(field, value, message, path);
    case FieldDescriptor::CPPTYPE_ENUM:
      return ReadEnum(field, value, message, path);
    case FieldDescriptor::CPPTYPE_BOOL: {
      const YamlKind kind = KindOf(value);
      const std::optional<bool> flag =
          kind == YamlKind::kBool || kind == YamlKind::kText ? ToBool(value) : std::nullopt;
      if (!flag.has_value()) return Expect("true or false", value, path);
      SLUICE_PUT(Bool, *flag);
      return;
    }
    default:
      return ReadNumber(field, value, message, path);
  }
}

void YamlReader::ReadNumber(const Field& field, const YAML::Node& value, Message& message,
                            const std::string& path) {
  const YamlKind kind = KindOf(value);
  if (kind != YamlKind::kInteger && kind != YamlKind::kFloat && kind != YamlKind::kText) {
    return Expect("a number", value, path);
  }
  const auto* reflection = message.GetReflection();
  switch (field.cpp_type()) {
    case FieldDescriptor::CPPTYPE_INT32:
      if (const auto number = ToInt32(value)) return SLUICE_PUT(Int32, *number);
      return Fail(value, path, "expected a whole number from -2147483648 to 2147483647");
    case FieldDescriptor::CPPTYPE_UINT32:
      if (const auto number = ToUint32(value)) return SLUICE_PUT(UInt32, *number);
      return Fail(value, path, "expected a whole number from 0 to 4294967295");
    case FieldDescriptor::CPPTYPE_INT64:
      if (const auto number = ToInt64(value)) return SLUICE_PUT(Int64, *number);
      return Fail(value, path, "expected a whole number of 64 bits");
    case FieldDescriptor::CPPTYPE_UINT64:
      if (const auto number = ToUint64(value)) return SLUICE_PUT(UInt64, *number);
      return Fail(value, path, "expected a whole number from 0 to 18446744073709551615");
    case FieldDescriptor::CPPTYPE_DOUBLE:
      if (const auto number = ToDouble(value)) return SLUICE_PUT(Double, *number);
      return Fail(value, path, "expected a number that fits 64 bits");
    default:
      if (const auto number = ToDouble(value);
          number.has_value() && !(std::abs(*number) > std::numeric_limits<float>::max())) {
        return SLUICE_PUT(Float, static_cast<float>(*number));
      }
      return Fail(value, path, "expected a number that fits 32 bits");
  }
}

void YamlReader::ReadText(const Field& field, const YAML::Node& value, Message& message,
                          const std::string& path) {
  const YamlKind kind = KindOf(value);
  if (kind == YamlKind::kInteger || kind == YamlKind::kBool) {
    return Fail(value, path,
                fmt::format("expected text, found {}; put it in quotes", NameOf(kind)));
  }
  if (kind != YamlKind::kText && kind != YamlKind::kFloat) return Expect("text", value, path);
  const auto* reflection = message.GetReflection();
  if (field.type() == FieldDescriptor::TYPE_BYTES) {
    const std::optional<std::string> bytes = DecodeBase64(value.Scalar());
    if (!bytes.has_value()) return Fail(value, path, "not valid base64");
    SLUICE_PUT(String, *bytes);
    return;
  }
  if (!IsUtf8(value.Scalar())) return Fail(value, path, "not valid UTF-8");
  SLUICE_PUT(String, value.Scalar());
}

void YamlReader::ReadEnum(const Field& field, const YAML::Node& value, Message& message,
                          const std::string& path) {
  const auto& type = *field.enum_type();
  const YamlKind kind = KindOf(value);
  const EnumValueDescriptor* found = nullptr;
  if (kind == YamlKind::kInteger || kind == YamlKind::kFloat) {
    const std::optional<int32_t> number = ToInt32(value);
    if (number.has_value()) found = type.FindValueByNumber(*number);
  } else if (kind == YamlKind::kText || kind == YamlKind::kBool) {
    found = type.FindValueByName(value.Scalar());
  } else {
    return Expect(fmt::format("a value of {}", type.full_name()), value, path);
  }
  if (found == nullptr) {
    return Fail(value, path,
                fmt::format("{} is no value of {}: {}", Quoted(value.Scalar()), type.full_name(),
                            NamesOf(type)));
  }
  const auto* reflection = message.GetReflection();
  SLUICE_PUT(Enum, found);
}

#undef SLUICE_PUT

}  // namespace sluice::config
