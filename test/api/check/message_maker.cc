#include "test/api/check/message_maker.h"

#include <google/protobuf/any.pb.h>
#include <google/protobuf/duration.pb.h>
#include <google/protobuf/text_format.h>
#include <gtest/gtest.h>

#include <set>

#include "envoy/extensions/filters/http/router/v3/router.pb.h"

namespace sluice::api {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using google::protobuf::Reflection;

// What the rules between fields want, which the table does not say.
const std::map<std::string, std::string>& CrossFieldNeeds() {
  static const auto& texts = *new std::map<std::string, std::string>{
      {"envoy.config.cluster.v3.Cluster", "name: 'c' load_assignment { cluster_name: 'c' }"},
      {"envoy.config.core.v3.ApiConfigSource",
       "api_type: GRPC grpc_services { envoy_grpc { cluster_name: 'c' } }"},
      {"envoy.config.core.v3.BackoffStrategy",
       "base_interval { nanos: 1000000 } max_interval { seconds: 1 }"},
      {"envoy.config.core.v3.CidrRange", "address_prefix: '::'"},
      {"envoy.config.endpoint.v3.LbEndpoint",
       "endpoint { address { socket_address { address: '127.0.0.1' port_value: 1 } } }"},
      {"envoy.config.route.v3.RouteAction.RequestMirrorPolicy", "cluster_header: 'h'"},
      {"envoy.config.route.v3.WeightedCluster", "clusters { name: 'c' weight { value: 1 } }"},
      {"envoy.config.route.v3.WeightedCluster.ClusterWeight", "name: 'c'"},
      {"envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager",
       "stat_prefix: 's' route_config {} http_filters { name: 'r' typed_config { "
       "[type.googleapis.com/envoy.extensions.filters.http.router.v3.Router] {} } }"},
      {"envoy.extensions.filters.network.http_connection_manager.v3.Rds",
       "config_source { ads {} } route_config_name: 'r'"},
  };
  return texts;
}

const FieldDescriptor& ScalarOf(const FieldDescriptor& field) {
  const bool wrapped = field.message_type() != nullptr && !field.is_map() &&
                       field.message_type()->full_name().ends_with("Value") &&
                       field.message_type()->full_name().starts_with("google.protobuf.");
  return wrapped ? *field.message_type()->field(0) : field;
}

bool IsDuration(const FieldDescriptor& field) {
  return field.message_type() != nullptr &&
         field.message_type()->full_name() == "google.protobuf.Duration";
}

// Writes a number, nanoseconds for a duration, into a single field, a wrapper or the last item.
void PutNumber(Message& message, const FieldDescriptor& field, int64_t number) {
  const Reflection& reflection = *message.GetReflection();
  if (IsDuration(field)) {
    auto& duration =
        static_cast<google::protobuf::Duration&>(*reflection.MutableMessage(&message, &field));
    duration.set_seconds(number / 1'000'000'000);
    duration.set_nanos(static_cast<int32_t>(number % 1'000'000'000));
    return;
  }
  if (&ScalarOf(field) != &field) {
    return PutNumber(*reflection.MutableMessage(&message, &field), ScalarOf(field), number);
  }
  const int last = field.is_repeated() ? reflection.FieldSize(message, &field) - 1 : -1;
#define SLUICE_PUT(Type, value)                                              \
  (last >= 0 ? reflection.SetRepeated##Type(&message, &field, last, (value)) \
             : reflection.Set##Type(&message, &field, (value)))
  switch (field.cpp_type()) {
    case FieldDescriptor::CPPTYPE_INT32:
      return SLUICE_PUT(Int32, static_cast<int32_t>(number));
    case FieldDescriptor::CPPTYPE_UINT32:
      return SLUICE_PUT(UInt32, static_cast<uint32_t>(number));
    case FieldDescriptor::CPPTYPE_INT64:
      return SLUICE_PUT(Int64, number);
    case FieldDescriptor::CPPTYPE_UINT64:
      return SLUICE_PUT(UInt64, static_cast<uint64_t>(number));
    case FieldDescriptor::CPPTYPE_DOUBLE:
      return SLUICE_PUT(Double, static_cast<double>(number));
    case FieldDescriptor::CPPTYPE_ENUM:
      return SLUICE_PUT(EnumValue, static_cast<int>(number));
    default:
      ADD_FAILURE() << field.full_name() << " is no number";
  }
}

void PutText(Message& message, const FieldDescriptor& field, const std::string& text) {
  const Reflection& reflection = *message.GetReflection();
  if (!field.is_repeated()) return reflection.SetString(&message, &field, text);
  reflection.SetRepeatedString(&message, &field, reflection.FieldSize(message, &field) - 1, text);
}
#undef SLUICE_PUT

const Constraint* Find(const std::vector<Constraint>& rules, RuleOn on, const std::string& name) {
  for (const Constraint& rule : rules) {
    if (rule.on == on && rule.name == name) return &rule;
  }
  return nullptr;
}

std::string ValidText(const std::vector<Constraint>& rules, RuleOn on) {
  if (const Constraint* choice = Find(rules, on, "in")) return choice->value;
  if (Find(rules, on, "pattern") != nullptr) return "/path";
  const Constraint* least = Find(rules, on, "min_len");
  return std::string(least == nullptr ? 1 : std::max(std::stoi(least->value), 1), 'x');
}

int64_t ValidNumber(const std::vector<Constraint>& rules, RuleOn on, const FieldDescriptor& field) {
  if (const Constraint* least = Find(rules, on, "gte")) return std::stoll(least->value);
  if (const Constraint* below = Find(rules, on, "gt")) return std::stoll(below->value) + 1;
  if (field.enum_type() == nullptr) return 0;
  const Constraint* excluded = Find(rules, on, "not_in");
  for (int i = 0; i < field.enum_type()->value_count(); ++i) {
    const int number = field.enum_type()->value(i)->number();
    if (excluded == nullptr || std::to_string(number) != excluded->value) return number;
  }
  return 0;
}

// A text that breaks the constraint, or nothing.
std::string BadText(const Constraint& rule) {
  if (rule.name == "min_len") return std::string(std::stoi(rule.value) - 1, 'x');
  if (rule.name == "max_bytes") return std::string(std::stoi(rule.value) + 1, 'x');
  if (rule.name == "max_len") return std::string(std::stoi(rule.value) + 1, 'x');
  if (rule.name == "in") return "neither-of-them";
  if (rule.name == "pattern") return "?";
  if (rule.name == "well_known_regex")
    return rule.lax ? "a\nb"
                    : "a\x01"
                      "b";
  ADD_FAILURE() << "no text breaks " << rule.name;
  return "";
}

int64_t BadNumber(const Constraint& rule) {
  if (rule.name == "gte") return std::stoll(rule.value) - 1;
  if (rule.name == "lte") return std::stoll(rule.value) + 1;
  if (rule.name == "defined_only") return 9999;
  return std::stoll(rule.value);  // gt, lt, not_in
}

}  // namespace

MessageMaker::MessageMaker(const std::vector<StatedRules>& rows) {
  for (const StatedRules& row : rows) {
    rules_[{row.message, row.field}] = row.constraints;
    std::vector<std::string>& firsts = required_oneofs_[row.message];
    if (!row.oneof_required) continue;
    const auto* type =
        google::protobuf::DescriptorPool::generated_pool()->FindMessageTypeByName(row.message);
    const std::string first =
        type->FindFieldByName(row.field)->containing_oneof()->field(0)->name();
    if (firsts.empty() || firsts.back() != first) firsts.push_back(first);
  }
}

const std::vector<Constraint>& MessageMaker::RulesFor(const Field& field) const {
  static const auto& none = *new std::vector<Constraint>;
  const auto it = rules_.find({field.containing_type()->full_name(), field.name()});
  return it == rules_.end() ? none : it->second;
}

std::unique_ptr<Message> MessageMaker::Valid(const Descriptor& type) const {
  std::unique_ptr<Message> message(
      google::protobuf::MessageFactory::generated_factory()->GetPrototype(&type)->New());
  const auto needs = CrossFieldNeeds().find(type.full_name());
  if (needs != CrossFieldNeeds().end()) {
    EXPECT_TRUE(google::protobuf::TextFormat::ParseFromString(needs->second, message.get()));
    return message;
  }
  for (int i = 0; i < type.field_count(); ++i) {
    const Field& field = *type.field(i);
    const std::vector<Constraint>& rules = RulesFor(field);
    const Constraint* least = Find(rules, RuleOn::kValue, "min_items");
    const bool scalar = !field.is_repeated() && !field.has_presence();
    if (field.real_containing_oneof() != nullptr) continue;
    if (least != nullptr || Find(rules, RuleOn::kValue, "required") != nullptr ||
        (scalar && !rules.empty())) {
      SetValid(*message, field);
    }
  }
  const auto oneofs = required_oneofs_.find(type.full_name());
  if (oneofs == required_oneofs_.end()) return message;
  for (const std::string& first : oneofs->second) {
    SetValid(*message, *type.FindFieldByName(first));
  }
  return message;
}

void MessageMaker::SetValid(Message& message, const Field& field) const {
  if (field.is_repeated()) {
    const Constraint* least = Find(RulesFor(field), RuleOn::kValue, "min_items");
    message.GetReflection()->ClearField(&message, &field);
    for (int i = least == nullptr ? 1 : std::stoi(least->value); i > 0; --i) {
      AddItem(message, field);
    }
  } else if (field.message_type() != nullptr && &ScalarOf(field) == &field && !IsDuration(field)) {
    SetMessage(message, field);
  } else {
    SetScalar(message, field, RulesFor(field));
  }
}

void MessageMaker::AddItem(Message& message, const Field& field) const {
  const Reflection& reflection = *message.GetReflection();
  const std::vector<Constraint>& rules = RulesFor(field);
  if (field.is_map()) {
    Message& entry = *reflection.AddMessage(&message, &field);
    entry.GetReflection()->SetString(&entry, field.message_type()->map_key(), "key");
    SetValid(entry, *field.message_type()->map_value());
  } else if (field.message_type() != nullptr) {
    reflection.AddMessage(&message, &field)->CopyFrom(*Valid(*field.message_type()));
  } else if (field.cpp_type() == Field::CPPTYPE_STRING) {
    reflection.AddString(&message, &field, ValidText(rules, RuleOn::kItem));
  } else if (field.cpp_type() == Field::CPPTYPE_ENUM) {
    reflection.AddEnumValue(&message, &field,
                            static_cast<int>(ValidNumber(rules, RuleOn::kItem, field)));
  } else {
    ASSERT_EQ(field.cpp_type(), Field::CPPTYPE_UINT32) << field.full_name();
    reflection.AddUInt32(&message, &field,
                         static_cast<uint32_t>(ValidNumber(rules, RuleOn::kItem, field)));
  }
}

void MessageMaker::SetMessage(Message& message, const Field& field) const {
  Message& inner = *message.GetReflection()->MutableMessage(&message, &field);
  if (field.message_type()->full_name() == "google.protobuf.Any") {
    static_cast<google::protobuf::Any&>(inner).PackFrom(
        envoy::extensions::filters::http::router::v3::Router());
  } else {
    inner.CopyFrom(*Valid(*field.message_type()));
  }
}

void MessageMaker::SetScalar(Message& message, const Field& field,
                             const std::vector<Constraint>& rules) const {
  if (field.cpp_type() == Field::CPPTYPE_STRING) {
    PutText(message, field, ValidText(rules, RuleOn::kValue));
  } else if (field.cpp_type() == Field::CPPTYPE_BOOL) {
    message.GetReflection()->SetBool(&message, &field, true);
  } else if (ScalarOf(field).cpp_type() == Field::CPPTYPE_BOOL) {
    message.GetReflection()->MutableMessage(&message, &field);
  } else {
    PutNumber(message, field, ValidNumber(rules, RuleOn::kValue, field));
  }
}

bool MessageMaker::Break(Message& message, const Field& field, const Constraint& rule) const {
  const Reflection& reflection = *message.GetReflection();
  if (rule.name == "ignore_empty" || (rule.name == "min_len" && rule.value == "0") ||
      (rule.name == "gte" && rule.value == "0" && rule.kind.starts_with("uint"))) {
    return false;
  }
  if (rule.name == "required") {
    if (field.real_containing_oneof() != nullptr) return false;
    reflection.ClearField(&message, &field);
  } else if (rule.name == "min_items") {
    reflection.RemoveLast(&message, &field);
  } else if (rule.name == "max_items") {
    for (int i = std::stoi(rule.value); i > 0; --i) AddItem(message, field);
  } else if (rule.name == "unique") {
    AddItem(message, field);
  } else if (rule.on == RuleOn::kKey) {
    Message& entry = *reflection.MutableRepeatedMessage(&message, &field, 0);
    entry.GetReflection()->SetString(&entry, field.message_type()->map_key(), BadText(rule));
  } else if (field.cpp_type() == Field::CPPTYPE_STRING) {
    PutText(message, field, BadText(rule));
  } else {
    PutNumber(message, field, BadNumber(rule));
  }
  return true;
}

}  // namespace sluice::api
