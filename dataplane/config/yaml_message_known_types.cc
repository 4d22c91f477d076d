// Messages of google/protobuf that the JSON mapping writes in a form of their own.
#include <fmt/format.h>
#include <google/protobuf/any.pb.h>
#include <google/protobuf/duration.pb.h>
#include <google/protobuf/io/coded_stream.h>
#include <google/protobuf/io/zero_copy_stream_impl_lite.h>
#include <google/protobuf/struct.pb.h>
#include <google/protobuf/timestamp.pb.h>
#include <google/protobuf/util/time_util.h>

#include <cmath>
#include <memory>

#include "api/check/packed_type.h"
#include "dataplane/config/yaml_message_reader.h"

namespace sluice::config {
namespace {

constexpr std::string_view kTypeKey = "@type";

enum class Form : uint8_t { kNone, kAny, kDuration, kTimestamp, kStruct, kValue, kList, kWrapper };

Form FormOf(const google::protobuf::Descriptor& type) {
  switch (type.well_known_type()) {
    case google::protobuf::Descriptor::WELLKNOWNTYPE_ANY:
      return Form::kAny;
    case google::protobuf::Descriptor::WELLKNOWNTYPE_DURATION:
      return Form::kDuration;
    case google::protobuf::Descriptor::WELLKNOWNTYPE_TIMESTAMP:
      return Form::kTimestamp;
    case google::protobuf::Descriptor::WELLKNOWNTYPE_STRUCT:
      return Form::kStruct;
    case google::protobuf::Descriptor::WELLKNOWNTYPE_VALUE:
      return Form::kValue;
    case google::protobuf::Descriptor::WELLKNOWNTYPE_LISTVALUE:
      return Form::kList;
    case google::protobuf::Descriptor::WELLKNOWNTYPE_UNSPECIFIED:
    case google::protobuf::Descriptor::WELLKNOWNTYPE_FIELDMASK:
      return Form::kNone;
    default:
      return Form::kWrapper;  // DoubleValue ... BoolValue
  }
}

// The same bytes for the same content, so that two revisions compare by them: maps in key order.
std::string SerializeSorted(const google::protobuf::Message& message) {
  std::string bytes;
  google::protobuf::io::StringOutputStream stream(&bytes);
  google::protobuf::io::CodedOutputStream coded(&stream);
  coded.SetSerializationDeterministic(true);
  message.SerializeToCodedStream(&coded);
  coded.Trim();
  return bytes;
}

}  // namespace

bool YamlReader::HasOwnForm(const google::protobuf::Descriptor& type) {
  return FormOf(type) != Form::kNone;
}

void YamlReader::ReadOwnForm(const YAML::Node& node, Message& message, const std::string& path) {
  switch (FormOf(*message.GetDescriptor())) {
    case Form::kAny:
      return ReadAny(node, message, path);
    case Form::kDuration:
      return ReadDuration(node, message, path);
    case Form::kTimestamp:
      return ReadTimestamp(node, message, path);
    case Form::kStruct:
      return ReadStruct(node, message, path);
    case Form::kValue:
      return ReadValue(node, message, path);
    case Form::kList:
      return ReadList(*message.GetDescriptor()->FindFieldByName("values"), node, message, path);
    default:
      return ReadSingle(*message.GetDescriptor()->FindFieldByName("value"), node, message, path);
  }
}

std::optional<std::string> YamlReader::TypeOfAny(const YAML::Node& node, const std::string& path) {
  std::optional<std::string> url;
  for (const auto& entry : node) {
    if (!entry.first.IsScalar() || entry.first.Scalar() != kTypeKey) continue;
    if (url.has_value()) {
      Fail(entry.first, api::JoinPath(path, kTypeKey), "set twice");
      return std::nullopt;
    }
    if (KindOf(entry.second) != YamlKind::kText) {
      Expect("the URL of a type", entry.second, api::JoinPath(path, kTypeKey));
      return std::nullopt;
    }
    url = entry.second.Scalar();
  }
  if (!url.has_value()) Fail(node, path, "\"@type\" is missing");
  return url;
}

void YamlReader::ReadAny(const YAML::Node& node, Message& message, const std::string& path) {
  if (KindOf(node) != YamlKind::kMap) return Expect("a map with \"@type\"", node, path);
  const std::optional<std::string> url = TypeOfAny(node, path);
  if (!url.has_value()) return;
  const auto [type, why] = api::FindPackedType(*url);
  if (type == nullptr) return Fail(node, api::JoinPath(path, kTypeKey), why);
  const std::unique_ptr<Message> inner(
      google::protobuf::MessageFactory::generated_factory()->GetPrototype(type)->New());
  if (!HasOwnForm(*type)) {
    ReadFields(node, *inner, path, kTypeKey);
  } else {
    bool has_value = false;
    for (const auto& entry : node) {
      if (!entry.first.IsScalar() || entry.first.Scalar() == kTypeKey) continue;
      if (entry.first.Scalar() != "value" || has_value) {
        Fail(entry.first, api::JoinPath(path, entry.first.Scalar()),
             fmt::format("beside \"@type\" of {} there is one \"value\" only", type->full_name()));
        continue;
      }
      has_value = true;
      ReadMessage(entry.second, *inner, api::JoinPath(path, "value"));
    }
  }
  auto& any = static_cast<google::protobuf::Any&>(message);
  any.set_type_url(*url);
  any.set_value(SerializeSorted(*inner));
}

void YamlReader::ReadDuration(const YAML::Node& node, Message& message, const std::string& path) {
  const YamlKind kind = KindOf(node);
  if (kind != YamlKind::kText && kind != YamlKind::kInteger && kind != YamlKind::kFloat) {
    return Expect("a duration such as 1.5s", node, path);
  }
  const std::optional<DurationParts> parts = ParseDuration(node.Scalar());
  if (!parts.has_value()) {
    return Fail(node, path,
                "expected a duration in seconds such as 1.5s, of at most 315576000000s and nine "
                "digits after the point");
  }
  auto& duration = static_cast<google::protobuf::Duration&>(message);
  duration.set_seconds(parts->seconds);
  duration.set_nanos(parts->nanos);
}

void YamlReader::ReadTimestamp(const YAML::Node& node, Message& message, const std::string& path) {
  if (KindOf(node) != YamlKind::kText) {
    return Expect("a time such as 2026-01-02T03:04:05Z", node, path);
  }
  if (!google::protobuf::util::TimeUtil::FromString(
          node.Scalar(), &static_cast<google::protobuf::Timestamp&>(message))) {
    Fail(node, path, "expected a time such as 2026-01-02T03:04:05Z (RFC 3339)");
  }
}

void YamlReader::ReadStruct(const YAML::Node& node, Message& message, const std::string& path) {
  ReadMap(*message.GetDescriptor()->FindFieldByName("fields"), node, message, path);
}

void YamlReader::ReadValue(const YAML::Node& node, Message& message, const std::string& path) {
  auto& value = static_cast<google::protobuf::Value&>(message);
  switch (KindOf(node)) {
    case YamlKind::kNull:
      value.set_null_value(google::protobuf::NULL_VALUE);
      return;
    case YamlKind::kBool:
      value.set_bool_value(ToBool(node).value_or(false));
      return;
    case YamlKind::kInteger: {
      constexpr int64_t kExact = int64_t{1} << 53;  // a double holds each integer up to here
      const std::optional<int64_t> number = ToInt64(node);
      if (!number.has_value() || *number > kExact || *number < -kExact) {
        return Fail(node, path, "a JSON number cannot hold it exactly; put it in quotes");
      }
      value.set_number_value(static_cast<double>(*number));
      return;
    }
    case YamlKind::kFloat: {
      const double number = ToDouble(node).value_or(0);
      if (!std::isfinite(number)) return Fail(node, path, "no JSON number; put it in quotes");
      value.set_number_value(number);
      return;
    }
    case YamlKind::kText:
      if (!IsUtf8(node.Scalar())) return Fail(node, path, "not valid UTF-8");
      value.set_string_value(node.Scalar());
      return;
    case YamlKind::kList:
      return ReadMessage(node, *value.mutable_list_value(), path);
    case YamlKind::kMap:
      return ReadMessage(node, *value.mutable_struct_value(), path);
    case YamlKind::kTagged:
      return Expect("a JSON value", node, path);
  }
}

}  // namespace sluice::config
