// The rule table tied to the compiled descriptors: made once, at the first look-up, then constant.
// Any thread. Patterns are compiled here, so that checking a value costs no parsing.
#pragma once

#include <google/protobuf/descriptor.h>
#include <re2/re2.h>

#include <cstdint>
#include <memory>
#include <string_view>
#include <vector>

#include "api/check/rules_table.h"

namespace sluice::api {

// One constraint on single values: kMinLen to kConst of the table.
struct ValueRule {
  RuleKind kind = RuleKind::kRequired;
  int64_t number = 0;
  std::vector<std::string_view> choices;    // kIn
  std::shared_ptr<const re2::RE2> pattern;  // kPattern
};

// Everything stated for one field.
struct FieldRules {
  const google::protobuf::FieldDescriptor* field = nullptr;
  bool required = false;
  bool ignore_empty = false;
  bool unique = false;
  int64_t min_items = 0;
  int64_t max_items = INT64_MAX;
  std::vector<ValueRule> values;  // of the value, the items or the keys: `field` says which
};

struct MessageRules {
  std::vector<const google::protobuf::OneofDescriptor*> required_oneofs;
  std::vector<FieldRules> fields;
};

// Null if the table says nothing about the message.
const MessageRules* RulesOf(const google::protobuf::Descriptor& message);

// Empty if the number belongs to no field of a later phase either.
std::string_view LaterFieldName(const google::protobuf::Descriptor& message, int number);

// The same for a field named in YAML, as in the .proto.
bool IsLaterField(const google::protobuf::Descriptor& message, std::string_view name);

}  // namespace sluice::api
