#include "api/check/rule_set.h"

#include <gtest/gtest.h>

#include "envoy/config/cluster/v3/cluster.pb.h"
#include "envoy/config/core/v3/protocol.pb.h"
#include "envoy/config/listener/v3/listener.pb.h"
#include "envoy/config/route/v3/route_components.pb.h"

namespace sluice::api {
namespace {

const FieldRules* Find(const google::protobuf::Descriptor& type, std::string_view field) {
  const MessageRules* rules = RulesOf(type);
  if (rules == nullptr) return nullptr;
  for (const FieldRules& entry : rules->fields) {
    if (entry.field->name() == field) return &entry;
  }
  return nullptr;
}

TEST(RuleSet, JoinsTheRowsOfAFieldAndFindsRequiredOneofs) {
  const FieldRules* name = Find(*envoy::config::cluster::v3::Cluster::descriptor(), "name");
  ASSERT_NE(name, nullptr);
  ASSERT_EQ(name->values.size(), 1u);
  EXPECT_EQ(name->values[0].kind, RuleKind::kMinLen);
  const MessageRules* route = RulesOf(*envoy::config::route::v3::Route::descriptor());
  ASSERT_NE(route, nullptr);
  ASSERT_EQ(route->required_oneofs.size(), 1u);
  EXPECT_EQ(route->required_oneofs[0]->name(), "action");
  EXPECT_TRUE(Find(*envoy::config::route::v3::Route::descriptor(), "match")->required);
}

TEST(RuleSet, SplitsChoicesAndCompilesPatterns) {
  const FieldRules* scheme = Find(
      *envoy::config::core::v3::SchemeHeaderTransformation::descriptor(), "scheme_to_overwrite");
  ASSERT_NE(scheme, nullptr);
  EXPECT_EQ(scheme->values[0].choices, (std::vector<std::string_view>{"http", "https"}));
  const FieldRules* prefix =
      Find(*envoy::config::route::v3::RouteMatch::descriptor(), "path_separated_prefix");
  ASSERT_NE(prefix, nullptr);
  EXPECT_EQ(prefix->values[0].pattern->pattern(), "^[^?#]+[^?#/]$");
}

TEST(RuleSet, MessagesWithoutRulesHaveNone) {
  EXPECT_EQ(RulesOf(*google::protobuf::Duration::descriptor()), nullptr);
}

TEST(RuleSet, NamesFieldsOfLaterPhasesOnly) {
  for (const LaterField& field : LaterFields()) {
    const auto* type = google::protobuf::DescriptorPool::generated_pool()->FindMessageTypeByName(
        std::string(field.message));
    ASSERT_NE(type, nullptr) << field.message;
    EXPECT_EQ(type->FindFieldByNumber(field.number), nullptr) << field.name;
    EXPECT_EQ(LaterFieldName(*type, field.number), field.name);
    EXPECT_TRUE(IsLaterField(*type, field.name));
  }
  EXPECT_EQ(LaterFieldName(*envoy::config::cluster::v3::Cluster::descriptor(), 9999), "");
  EXPECT_FALSE(IsLaterField(*envoy::config::cluster::v3::Cluster::descriptor(), "name"));
  EXPECT_EQ(LaterFieldName(*google::protobuf::Duration::descriptor(), 1), "");
}

}  // namespace
}  // namespace sluice::api
