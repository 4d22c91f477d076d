#include "api/check/rule_set.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <tuple>

#include "absl/container/flat_hash_map.h"

namespace sluice::api {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::DescriptorPool;
using google::protobuf::FieldDescriptor;
using RuleMap = absl::flat_hash_map<const Descriptor*, MessageRules>;

// The table and the messages come out of one generator, so this is a broken build, never input.
[[noreturn]] void FailOnTable(const RuleRow& row, std::string_view message) {
  fmt::print(stderr, "rules_table.cc: field {} of {} does not fit the compiled messages\n",
             row.field, message);
  std::abort();
}

std::vector<std::string_view> Split(std::string_view text) {
  std::vector<std::string_view> parts;
  for (size_t bar = text.find('|'); bar != std::string_view::npos; bar = text.find('|')) {
    parts.push_back(text.substr(0, bar));
    text.remove_prefix(bar + 1);
  }
  parts.push_back(text);
  return parts;
}

void AddRow(const RuleRow& row, FieldRules& rules) {
  switch (row.kind) {
    case RuleKind::kRequired:
      rules.required = true;
      break;
    case RuleKind::kIgnoreEmpty:
      rules.ignore_empty = true;
      break;
    case RuleKind::kUnique:
      rules.unique = true;
      break;
    case RuleKind::kMinItems:
      rules.min_items = row.number;
      break;
    case RuleKind::kMaxItems:
      rules.max_items = row.number;
      break;
    case RuleKind::kIn:
      rules.values.push_back({row.kind, 0, Split(row.text), nullptr});
      break;
    case RuleKind::kPattern:
      rules.values.push_back({row.kind, 0, {}, std::make_shared<re2::RE2>(std::string(row.text))});
      break;
    default:
      rules.values.push_back({row.kind, row.number, {}, nullptr});
  }
}

RuleMap MakeRules() {
  RuleMap map;
  const Descriptor* message = nullptr;
  for (const RuleRow& row : RuleTable()) {
    if (row.kind == RuleKind::kMessage) {
      message = DescriptorPool::generated_pool()->FindMessageTypeByName(std::string(row.text));
      if (message == nullptr) FailOnTable(row, row.text);
      continue;
    }
    const FieldDescriptor* field = message->FindFieldByNumber(row.field);
    if (field == nullptr) FailOnTable(row, message->full_name());
    MessageRules& rules = map[message];
    if (row.kind == RuleKind::kOneof) {
      if (field->real_containing_oneof() == nullptr) FailOnTable(row, message->full_name());
      rules.required_oneofs.push_back(field->real_containing_oneof());
      continue;
    }
    const bool of_list = row.target != RuleTarget::kValue || row.kind == RuleKind::kUnique ||
                         row.kind == RuleKind::kMinItems || row.kind == RuleKind::kMaxItems;
    if (of_list != field->is_repeated() || (row.target == RuleTarget::kKey) != field->is_map()) {
      // Counts of a map are neither in the API today.
      FailOnTable(row, message->full_name());
    }
    if (rules.fields.empty() || rules.fields.back().field != field) {
      rules.fields.push_back({.field = field, .values = {}});
    }
    AddRow(row, rules.fields.back());
  }
  return map;
}

}  // namespace

const MessageRules* RulesOf(const Descriptor& message) {
  // Never destroyed: other threads may still check while the process ends.
  static const RuleMap& map = *new RuleMap(MakeRules());
  const auto it = map.find(&message);
  return it == map.end() ? nullptr : &it->second;
}

std::string_view LaterFieldName(const Descriptor& message, int number) {
  const std::span<const LaterField> fields = LaterFields();
  const auto key = std::make_tuple(std::string_view(message.full_name()), number);
  const auto it = std::lower_bound(
      fields.begin(), fields.end(), key, [](const LaterField& field, const auto& wanted) {
        return std::make_tuple(field.message, int{field.number}) < wanted;
      });
  if (it == fields.end() || it->message != message.full_name() || it->number != number) return "";
  return it->name;
}

bool IsLaterField(const Descriptor& message, std::string_view name) {
  const std::span<const LaterField> fields = LaterFields();
  return std::any_of(fields.begin(), fields.end(), [&](const LaterField& field) {
    return field.name == name && field.message == message.full_name();
  });
}

}  // namespace sluice::api
