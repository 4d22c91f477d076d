// Every rule that api/xds-subset.tsv states, one by one: a message that keeps all rules passes, and
// the same message with this rule broken is refused, with the path of this field and with no other.
#include "api/check/rules_table.h"

#include <google/protobuf/descriptor.h>
#include <gtest/gtest.h>

#include <map>
#include <string>

#include "api/check/check_message.h"
#include "test/api/check/message_maker.h"
#include "test/api/check/rule_book.h"

namespace sluice::api {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;

std::string Text(const ErrorList& errors) { return std::string(errors.ToStatus().message()); }

// Words that the text of the error has for a constraint, so that one rule cannot stand in for
// another one of the same field.
const std::string& WordsFor(const Constraint& rule) {
  static const auto& words = *new std::map<std::string, std::string>{
      {"required", "is required"},  {"gt", "greater than"},
      {"gte", "at least"},          {"lt", "less than"},
      {"lte", "at most"},           {"min_len", "at least"},
      {"max_len", "at most"},       {"max_bytes", "at most"},
      {"pattern", "must match"},    {"in", "one of"},
      {"not_in", "other than"},     {"defined_only", "is no value of"},
      {"min_items", "at least"},    {"max_items", "at most"},
      {"unique", "is the same as"},
  };
  static const std::string& empty = *new std::string("not be empty");
  static const std::string& lax = *new std::string("NUL, CR or LF");
  static const std::string& strict = *new std::string("is no valid header");
  static const std::string& negative = *new std::string("must not be negative");
  if (rule.name == "well_known_regex") return rule.lax ? lax : strict;
  if ((rule.name == "min_len" || rule.name == "min_items") && rule.value == "1") return empty;
  if (rule.kind == "duration" && rule.name == "gte" && rule.value == "0") return negative;
  return words.at(rule.name);
}

class RulesTable : public testing::Test {
 protected:
  static const FieldDescriptor& FieldOf(const StatedRules& row) {
    return *google::protobuf::DescriptorPool::generated_pool()
                ->FindMessageTypeByName(row.message)
                ->FindFieldByName(row.field);
  }

  // A valid message with the field of the row set.
  std::unique_ptr<Message> ValidWith(const FieldDescriptor& field) const {
    std::unique_ptr<Message> message = maker_.Valid(*field.containing_type());
    const bool set = field.is_repeated() ? message->GetReflection()->FieldSize(*message, &field) > 0
                                         : message->GetReflection()->HasField(*message, &field);
    if (!set) maker_.SetValid(*message, field);
    return message;
  }

  static std::string PathOf(const FieldDescriptor& field, const Constraint& rule) {
    if (rule.on == RuleOn::kItem) return "m." + field.name() + "[0]";
    if (rule.on == RuleOn::kKey) return "m." + field.name() + "[\"\"]";
    return "m." + field.name() + (rule.name == "unique" ? "[1]" : "");
  }

  const std::vector<StatedRules> rows_ = ReadRuleRows();
  const MessageMaker maker_{rows_};
};

TEST_F(RulesTable, PassesMessagesThatKeepEveryRule) {
  for (const StatedRules& row : rows_) {
    ErrorList errors;
    CheckMessage(*ValidWith(FieldOf(row)), "m", errors);
    EXPECT_TRUE(errors.empty()) << row.message << "." << row.field << ": " << Text(errors);
  }
}

TEST_F(RulesTable, RefusesEachBrokenRuleAtItsPathAndNothingElse) {
  int broken = 0;
  for (const StatedRules& row : rows_) {
    const FieldDescriptor& field = FieldOf(row);
    for (const Constraint& rule : row.constraints) {
      const std::unique_ptr<Message> message = ValidWith(field);
      if (!maker_.Break(*message, field, rule)) continue;
      ++broken;
      SCOPED_TRACE(row.message + "." + row.field + ": " + rule.kind + " " + rule.name);
      ErrorList errors;
      CheckMessage(*message, "m", errors);
      bool found = false;
      for (const FieldError& error : errors.errors()) {
        EXPECT_EQ(error.field_path, PathOf(field, rule)) << Text(errors);
        found |= error.text.find(WordsFor(rule)) != std::string::npos;
      }
      EXPECT_TRUE(found) << Text(errors);
    }
  }
  EXPECT_GT(broken, 300);  // the loop was no empty one
}

TEST_F(RulesTable, LeavesAnEmptyTextAloneWhereTheApiSaysSo) {
  int left_alone = 0;
  for (const StatedRules& row : rows_) {
    for (const Constraint& rule : row.constraints) {
      if (rule.name != "ignore_empty") continue;
      const std::unique_ptr<Message> message = ValidWith(FieldOf(row));
      message->GetReflection()->SetString(message.get(), &FieldOf(row), "");
      ErrorList errors;
      CheckMessage(*message, "m", errors);
      EXPECT_TRUE(errors.empty()) << row.message << "." << row.field << ": " << Text(errors);
      ++left_alone;
    }
  }
  EXPECT_GT(left_alone, 0);
}

TEST_F(RulesTable, RefusesEachRequiredOneofThatIsNotSet) {
  int broken = 0;
  for (const StatedRules& row : rows_) {
    if (!row.oneof_required) continue;
    const FieldDescriptor& field = FieldOf(row);
    const std::unique_ptr<Message> message = maker_.Valid(*field.containing_type());
    message->GetReflection()->ClearOneof(message.get(), field.containing_oneof());
    ErrorList errors;
    CheckMessage(*message, "m", errors);
    ASSERT_EQ(errors.size(), 1u) << row.message << "." << row.field << ": " << Text(errors);
    EXPECT_EQ(errors.errors()[0].field_path, "m." + row.oneof);
    EXPECT_NE(errors.errors()[0].text.find("required"), std::string::npos);
    ++broken;
  }
  EXPECT_GT(broken, 50);
}

TEST(LaterFieldsTable, IsSortedSoThatANameIsFound) {
  for (size_t i = 1; i < LaterFields().size(); ++i) {
    const LaterField& a = LaterFields()[i - 1];
    const LaterField& b = LaterFields()[i];
    EXPECT_LT(std::pair(a.message, a.number), std::pair(b.message, b.number));
  }
  EXPECT_FALSE(LaterFields().empty());
}

}  // namespace
}  // namespace sluice::api
