#include "tools/sluicectl/message_reader.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <limits>
#include <optional>

#include "tools/sluicectl/scalars.h"

namespace sluice::ctl {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;

const FieldDescriptor* FindField(const Descriptor& type, const std::string& name) {
  if (const FieldDescriptor* field = type.FindFieldByName(name)) return field;
  return type.FindFieldByCamelcaseName(name);
}

std::vector<std::string> FieldNames(const Descriptor& type) {
  std::vector<std::string> names;
  for (int i = 0; i < type.field_count(); ++i) names.push_back(type.field(i)->name());
  return names;
}

std::vector<std::string> MembersOf(const google::protobuf::OneofDescriptor& oneof) {
  std::vector<std::string> names;
  for (int i = 0; i < oneof.field_count(); ++i) names.push_back(oneof.field(i)->name());
  return names;
}

// Sets a number, or adds it to a repeated field.
template <typename T, typename Set, typename Add>
void Store(const FieldDescriptor& field, T value, Set set, Add add) {
  field.is_repeated() ? add(value) : set(value);
}

}  // namespace

std::string Suggestion(std::string_view wrong, const std::vector<std::string>& names) {
  const std::string* best = nullptr;
  size_t nearest = std::min<size_t>(3, wrong.size() / 2 + 1);
  for (const std::string& name : names) {
    const size_t distance = EditDistance(SnakeCase(wrong), name);
    if (distance < nearest) {
      nearest = distance;
      best = &name;
    }
  }
  return best ? fmt::format(", did you mean '{}'?", *best) : "";
}

std::string MessageReader::Join(const std::string& path, std::string_view name) {
  return path.empty() ? std::string(name) : fmt::format("{}.{}", path, name);
}

void MessageReader::Fail(const Place& place, const std::string& path, std::string text) {
  errors_.push_back({place, path, std::move(text)});
}

bool MessageReader::Expect(const YamlNode& node, YamlNode::Kind kind, const std::string& path) {
  if (node.kind == kind) return true;
  const bool empty_map = node.kind == YamlNode::Kind::kNull && kind == YamlNode::Kind::kMap;
  Fail(node.place, path,
       empty_map ? "is empty; write {} for the defaults"
                 : fmt::format("must be {}, not {}", NameOf(kind), NameOf(node.kind)));
  return false;
}

void MessageReader::Read(const YamlNode& node, Message& message, const std::string& path) {
  Remember(path, node.place);
  if (message.GetDescriptor()->full_name() == "google.protobuf.Duration") {
    return ReadDuration(node, message, path);
  }
  std::set<const FieldDescriptor*> seen;
  ForEachEntry(
      node, path, [&](const std::string& name, const YamlNode& key, const YamlNode& value) {
        const FieldDescriptor* field = FindField(*message.GetDescriptor(), name);
        if (!field) {
          return Fail(key.place, Join(path, name),
                      "no such field" + Suggestion(name, FieldNames(*message.GetDescriptor())));
        }
        const std::string field_path = Join(path, field->name());
        Remember(field_path, key.place);
        if (!seen.insert(field).second) return Fail(key.place, field_path, "is there twice");
        const auto* oneof = field->real_containing_oneof();
        if (oneof && message.GetReflection()->HasOneof(message, oneof)) {
          return Fail(
              key.place, field_path,
              fmt::format("only one of {} may be there", fmt::join(MembersOf(*oneof), ", ")));
        }
        ReadField(*field, value, message, field_path);
      });
}

void MessageReader::ReadField(const Field& field, const YamlNode& node, Message& message,
                              const std::string& path) {
  if (field.is_map()) return ReadMap(field, node, message, path);
  if (!field.is_repeated()) return ReadSingle(field, node, message, path);
  if (!Expect(node, YamlNode::Kind::kList, path)) return;
  for (size_t i = 0; i < node.items.size(); ++i) {
    const std::string item = fmt::format("{}[{}]", path, i);
    Remember(item, node.items[i]->place);
    ReadSingle(field, *node.items[i], message, item);
  }
}

void MessageReader::ReadMap(const Field& field, const YamlNode& node, Message& message,
                            const std::string& path) {
  ForEachEntry(node, path,
               [&](const std::string& name, const YamlNode& key, const YamlNode& value) {
                 const std::string entry_path = fmt::format("{}[{}]", path, name);
                 Remember(entry_path, key.place);
                 Message& entry = *message.GetReflection()->AddMessage(&message, &field);
                 ReadSingle(*field.message_type()->map_key(), key, entry, entry_path);
                 ReadSingle(*field.message_type()->map_value(), value, entry, entry_path);
               });
}

void MessageReader::ReadLabels(const YamlNode& node, const std::string& path,
                               google::protobuf::Map<std::string, std::string>& labels) {
  Remember(path, node.place);
  ForEachEntry(node, path,
               [&](const std::string& name, const YamlNode& key, const YamlNode& value) {
                 const std::string entry = fmt::format("{}[{}]", path, name);
                 Remember(entry, key.place);
                 if (Expect(value, YamlNode::Kind::kScalar, entry)) labels[name] = value.text;
               });
}

void MessageReader::ReadSingle(const Field& field, const YamlNode& node, Message& message,
                               const std::string& path) {
  if (field.cpp_type() == Field::CPPTYPE_MESSAGE) {
    const auto* reflection = message.GetReflection();
    Message& inner = field.is_repeated() ? *reflection->AddMessage(&message, &field)
                                         : *reflection->MutableMessage(&message, &field);
    return Read(node, inner, path);
  }
  if (!Expect(node, YamlNode::Kind::kScalar, path)) return;
  if (field.cpp_type() == Field::CPPTYPE_ENUM) return ReadEnum(field, node, message, path);
  ReadScalar(field, node, message, path);
}

void MessageReader::ReadScalar(const Field& field, const YamlNode& node, Message& message,
                               const std::string& path) {
  const auto* reflection = message.GetReflection();
  const auto number = [&](auto value, uint64_t most, auto set, auto add) {
    if (!value || *value > static_cast<decltype(*value + 0)>(most)) {
      return Fail(node.place, path, fmt::format("must be a whole number from 0 to {}", most));
    }
    Store(field, *value, set, add);
  };
  switch (field.cpp_type()) {
    case Field::CPPTYPE_STRING:
      return Store(
          field, node.text, [&](auto v) { reflection->SetString(&message, &field, v); },
          [&](auto v) { reflection->AddString(&message, &field, v); });
    case Field::CPPTYPE_BOOL:
      if (const std::optional<bool> value = node.quoted ? std::nullopt : ToBool(node.text)) {
        return Store(
            field, *value, [&](bool v) { reflection->SetBool(&message, &field, v); },
            [&](bool v) { reflection->AddBool(&message, &field, v); });
      }
      return Fail(node.place, path, "must be true or false");
    case Field::CPPTYPE_UINT32:
      return number(
          ToUnsigned(node.text), std::numeric_limits<uint32_t>::max(),
          [&](uint64_t v) { reflection->SetUInt32(&message, &field, static_cast<uint32_t>(v)); },
          [&](uint64_t v) { reflection->AddUInt32(&message, &field, static_cast<uint32_t>(v)); });
    case Field::CPPTYPE_UINT64:
      return number(
          ToUnsigned(node.text), std::numeric_limits<uint64_t>::max(),
          [&](uint64_t v) { reflection->SetUInt64(&message, &field, v); },
          [&](uint64_t v) { reflection->AddUInt64(&message, &field, v); });
    default:
      // The messages of the API have no other types; a new one must be added here.
      return Fail(
          node.place, path,
          fmt::format("has the type {}, which this sluicectl cannot read", field.type_name()));
  }
}

void MessageReader::ReadEnum(const Field& field, const YamlNode& node, Message& message,
                             const std::string& path) {
  const auto* value = field.enum_type()->FindValueByName(node.text);
  if (!value) {
    std::vector<std::string> names;
    for (int i = 0; i < field.enum_type()->value_count(); ++i) {
      names.push_back(field.enum_type()->value(i)->name());
    }
    return Fail(node.place, path, fmt::format("must be one of {}", fmt::join(names, ", ")));
  }
  const auto* reflection = message.GetReflection();
  Store(
      field, value, [&](auto v) { reflection->SetEnum(&message, &field, v); },
      [&](auto v) { reflection->AddEnum(&message, &field, v); });
}

void MessageReader::ReadDuration(const YamlNode& node, Message& message, const std::string& path) {
  const auto duration = node.kind == YamlNode::Kind::kScalar ? ToDuration(node.text) : std::nullopt;
  if (!duration) {
    return Fail(node.place, path, "must be a duration such as 3s, 250ms or 1m30s");
  }
  message.CopyFrom(*duration);
}

}  // namespace sluice::ctl
