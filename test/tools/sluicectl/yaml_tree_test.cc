#include "tools/sluicectl/yaml_tree.h"

#include <gtest/gtest.h>

namespace sluice::ctl {
namespace {

TEST(YamlTreeTest, KnowsWhereEverythingStands) {
  const YamlDocuments parsed = ParseYaml("a: 1\nb:\n  - x\n  - y: z\n");
  ASSERT_EQ(parsed.documents.size(), 1u);
  const YamlNode& root = *parsed.documents[0];
  ASSERT_EQ(root.entries.size(), 2u);
  const YamlNode& list = *root.entries[1].second;
  ASSERT_EQ(list.kind, YamlNode::Kind::kList);
  EXPECT_EQ(list.items[0]->place.line, 3);
  EXPECT_EQ(list.items[0]->place.column, 5);
  EXPECT_EQ(list.items[1]->entries[0].second->text, "z");
}

TEST(YamlTreeTest, ReadsAllDocumentsAndSkipsEmptyOnes) {
  const YamlDocuments parsed = ParseYaml("---\na: 1\n---\n---\n# nothing\n---\nb: 2\n---\n");
  EXPECT_TRUE(parsed.errors.empty());
  ASSERT_EQ(parsed.documents.size(), 2u);
  EXPECT_EQ(parsed.documents[1]->entries[0].first->text, "b");
}

TEST(YamlTreeTest, KeepsKeysThatComeTwice) {
  EXPECT_EQ(ParseYaml("a: 1\na: 2\n").documents[0]->entries.size(), 2u);
}

TEST(YamlTreeTest, TellsTextsFromNothing) {
  const YamlDocuments parsed = ParseYaml("[null, ~, '', 'null', \"3\", 3]");
  const auto& items = parsed.documents[0]->items;
  EXPECT_EQ(items[0]->kind, YamlNode::Kind::kNull);
  EXPECT_EQ(items[1]->kind, YamlNode::Kind::kNull);
  EXPECT_EQ(items[2]->kind, YamlNode::Kind::kScalar);
  EXPECT_EQ(items[3]->text, "null");
  EXPECT_TRUE(items[4]->quoted);
  EXPECT_FALSE(items[5]->quoted);
}

TEST(YamlTreeTest, AliasesShareWhatTheyName) {
  const YamlDocuments parsed = ParseYaml("a: &x {b: 1}\nc: *x\n");
  EXPECT_EQ(parsed.documents[0]->entries[1].second->entries[0].second->text, "1");
  const YamlDocuments endless = ParseYaml("a: &x [*x]\n");
  EXPECT_EQ(endless.documents[0]->entries[0].second->items[0]->kind, YamlNode::Kind::kNull);
}

TEST(YamlTreeTest, SaysWhereTheTextIsBroken) {
  const YamlDocuments parsed = ParseYaml("a: 1\n---\nb: [1, 2\nc: 3\n");
  EXPECT_EQ(parsed.documents.size(), 1u) << "what came before is there";
  ASSERT_EQ(parsed.errors.size(), 1u);
  EXPECT_EQ(parsed.errors[0].place.line, 4);
}

TEST(YamlTreeTest, AForgottenQuoteSwallowsNothing) {
  const YamlDocuments parsed = ParseYaml("a: \"b\nc: d\n\n");
  ASSERT_EQ(parsed.errors.size(), 1u);
  EXPECT_TRUE(parsed.documents.empty());
}

TEST(YamlTreeTest, RefusesWhatIsNoText) {
  EXPECT_EQ(ParseYaml(std::string_view("a\0b", 3)).errors[0].text, "is not a text");
}

TEST(YamlTreeTest, ReadsJson) {
  EXPECT_EQ(ParseYaml(R"({"a": [1, "x"]})").documents[0]->entries[0].second->items[1]->text, "x");
}

}  // namespace
}  // namespace sluice::ctl
